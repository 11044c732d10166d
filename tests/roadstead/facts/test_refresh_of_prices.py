"""`roadstead facts refresh` where AWS answers slowly, in another currency, in part or not at all: the old prices stay."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError
from tests.roadstead.facts.test_prices import OLD, PRODUCTS, TODAY, client, ec2, pricing, product
from typer.testing import CliRunner

from roadstead.facts import prices
from roadstead.tool.cli.main import app
from roadstead.tool.facts.refresh_prices import QUERIES, price_table
from roadstead.tool.offline.errors import InputError

MAKE = boto3.Session.client


class Body(io.BytesIO):
    """What botocore reads an answer from."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


def refresh(*more: str) -> Any:
    return CliRunner().invoke(app, ["facts", "refresh", "--region", "eu-west-1", *more])


def refused() -> ClientError:
    return ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "any")


def answering(monkeypatch: pytest.MonkeyPatch, **clients: Any) -> None:
    """These services have these clients; every other one refuses."""

    def made(_: boto3.Session, service: str, **__: Any) -> Any:
        if service not in clients:
            raise refused()
        return clients[service]

    monkeypatch.setattr("boto3.Session.client", made)


def failing_pricing() -> Any:
    """What fails on the second page of the NAT gateway's products."""
    made, stub = client("pricing", "us-east-1")
    names = list(QUERIES)
    for name in names[: names.index("nat_gateway")]:
        stub.add_response("get_products", {"FormatVersion": "aws_v1", "PriceList": PRODUCTS[name]})
    first = {"FormatVersion": "aws_v1", "PriceList": PRODUCTS["nat_gateway"][:1], "NextToken": "1"}
    stub.add_response("get_products", first)
    stub.add_client_error("get_products", "ThrottlingException", "Rate exceeded")
    return made


def spot(answer: str | None) -> Any:
    """What refuses the instance types, and answers for spot prices with nothing or an error."""
    made, stub = client("ec2", "eu-west-1")
    stub.add_client_error("describe_instance_types", "UnauthorizedOperation", "no")
    if answer is None:
        stub.add_response("describe_spot_price_history", {"SpotPriceHistory": []})
    else:
        stub.add_client_error("describe_spot_price_history", answer, "no")
    return made


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda: {"pricing": failing_pricing(), "ec2": spot(None)}, "Rate exceeded"),
        (lambda: {"pricing": pricing(), "ec2": spot("UnauthorizedOperation")}, "(UnauthorizedOperation)"),
    ],
    ids=["the second page of a price list", "spot prices after all others"],
)
def test_where_a_part_of_the_prices_cannot_be_had_the_old_ones_stay(
    made: Callable[[], dict[str, Any]], says: str, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, **made())
    before = (data / prices.DATA).read_bytes()
    result = refresh()
    assert result.exit_code == 1
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("prices.json: not renewed: ")]
    assert says in line
    assert (data / prices.DATA).read_bytes() == before


@pytest.mark.parametrize(
    "listed",
    [[], [product("CNN1-BoxUsage:m7g.large", "").replace('"USD": ""', '"CNY": "0.6"')]],
    ids=["nothing", "prices in CNY"],
)
def test_a_region_of_which_aws_names_no_price_in_usd_is_an_error(listed: list[str]) -> None:
    made, stub = client("pricing", "us-east-1")
    for _ in range(len(QUERIES) + 1):
        stub.add_response("get_products", {"FormatVersion": "aws_v1", "PriceList": listed})
    table = {"source": "s", "sources": {}, "prices": {"eu-west-1": {"flat": {"kms_key": OLD}}}}
    with pytest.raises(InputError, match="AWS names no price in USD for eu-west-1"):
        price_table(made, ec2(), table, {"m7g.large"}, TODAY)


def test_aws_may_ask_to_wait_many_times(credentials: None, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as eight times; by itself botocore gives up after the fourth."""
    asked, nodes = [], spot(None)

    def answer(request: Any, **_: Any) -> AWSResponse:
        asked.append(request)
        throttled = len(asked) <= 8
        body = b'{"__type": "ThrottlingException"}' if throttled else b'{"FormatVersion": "aws_v1", "PriceList": []}'
        return AWSResponse(request.url, 400 if throttled else 200, HTTPHeaders(), Body(body))

    def made(session: boto3.Session, service: str, **given: Any) -> Any:
        if service == "ec2":
            return nodes
        if service != "pricing":
            raise refused()
        found = MAKE(session, "pricing", **given)
        found.meta.events.register("before-send", answer)
        return found

    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    monkeypatch.setattr("boto3.Session.client", made)
    result = refresh()
    assert "prices.json: not renewed: AWS names no price in USD for eu-west-1" in result.stderr
    assert len(asked) == 8 + len(QUERIES) + 1


def test_without_credentials_each_table_says_so_in_a_line(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(key, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(data / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(data / "none"))
    before = {table.name: table.read_bytes() for table in data.iterdir()}
    result = refresh()
    assert result.exit_code == 1
    assert result.stderr.count(": not renewed: Unable to locate credentials\n") == 5
    assert {table.name: table.read_bytes() for table in data.iterdir()} == before


def test_a_profile_that_is_not_there_is_bad_input(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(data / "none"))
    result = refresh("--profile", "nobodys")
    assert result.exit_code == 2
    assert result.stderr == "error: --profile: The config profile (nobodys) could not be found\n"

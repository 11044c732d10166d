"""Prices, and how they are renewed: AWS's answers as its documentation shows them, and nothing else is answered."""

import json
import re
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import boto3
import pytest
from botocore.exceptions import UnStubbedResponseError
from botocore.stub import Stubber
from tests.support import ROOT

from roadstead.facts import files
from roadstead.facts.prices import DATA, UNITS, Kind, price
from roadstead.tool.facts.refresh_prices import ON_DEMAND, QUERIES, price_table

TODAY = date(2026, 11, 21)
TABLE = files.read(DATA)
OLD = {"usd": 1.5, "confirmed": True, "date": "2026-01-01", "source": "aws"}


@pytest.mark.parametrize("region", TABLE["prices"])
def test_every_price_is_an_amount_with_a_date_and_a_source_that_is_told(region: str) -> None:
    for kind, rows in TABLE["prices"][region].items():
        assert kind in list(Kind)
        for name, row in rows.items():
            assert row["usd"] > 0, name
            assert date.fromisoformat(row["date"]) <= date.fromisoformat(TABLE["date"])
            assert TABLE["sources"][row["source"]]["source"]
            assert kind != Kind.FLAT or name in UNITS


def test_the_page_names_the_hourly_prices_that_there_are() -> None:
    """In `docs/cost.md`, a row for each price and a column for each region."""
    names = {
        "NAT gateway": "nat_gateway",
        "interface endpoint": "interface_endpoint",
        "application balancer": "application_load_balancer",
        "network balancer": "network_load_balancer",
        "classic balancer": "classic_load_balancer",
    }
    page = (ROOT / "docs" / "cost.md").read_text(encoding="utf-8")
    (heading,) = [line for line in page.splitlines() if "| eu-west-1 |" in line]
    regions = [cell.strip() for cell in heading.strip(" |").split("|")]
    for told, name in names.items():
        (row,) = re.findall(rf"^ +\| {told} \|(.*)\|$", page, re.MULTILINE)
        said = {region for region, cell in zip(regions, row.split("|"), strict=True) if cell.strip()}
        assert said == {region for region in regions if price(region, Kind.FLAT, name)}, told


def test_a_regions_own_price_comes_before_that_of_all_regions() -> None:
    found = price("eu-west-1", Kind.FLAT, "nat_gateway")
    assert found
    assert found.usd == Fraction("0.048")
    assert price("eu-south-9", Kind.FLAT, "nat_gateway") is None
    assert price("eu-south-9", Kind.FLAT, "kms_key") == price("eu-west-1", Kind.FLAT, "kms_key")


@pytest.mark.parametrize("region", ["eu-west-1", "eu-central-1", "us-east-1", "us-west-2"])
def test_a_spot_price_is_below_that_on_demand(region: str) -> None:
    for name in TABLE["prices"][region]["spot"]:
        spot, on_demand = price(region, Kind.SPOT, name), price(region, Kind.ON_DEMAND, name)
        assert spot
        assert on_demand is None or spot.usd < on_demand.usd, name


def product(usage: str, usd: str, *, tiers: tuple[tuple[str, str], ...] = (), **attributes: str) -> str:
    """https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html"""
    dimensions = {
        f"SKU.JRTCKXETXF.{number}": {
            "unit": "Hrs",
            "beginRange": start,
            "endRange": "Inf",
            "description": "",
            "rateCode": f"SKU.JRTCKXETXF.{number}",
            "appliesTo": [],
            "pricePerUnit": {"USD": amount},
        }
        for number, (start, amount) in enumerate(tiers or (("0", usd),))
    }
    term = {"offerTermCode": "JRTCKXETXF", "sku": "SKU", "termAttributes": {}, "priceDimensions": dimensions}
    item = {
        "product": {"productFamily": "x", "sku": "SKU", "attributes": {"usagetype": usage, **attributes}},
        "serviceCode": "x",
        "terms": {"OnDemand": {"SKU.JRTCKXETXF": term}},
        "version": "1",
    }
    return json.dumps(item)


EKS = [product("EU-AmazonEKS-Hours:perCluster", "0.1000000000"), product("EU-AmazonEKS-Hours:extendedSupport", "0.5")]
GP3 = [
    product("EU-EBS:VolumeUsage.gp3", "0.088"),
    product("EU-EBS:VolumeP-IOPS.gp3", "0.0055"),
    # AWS names it for a GiB/s.
    product("EU-EBS:VolumeP-Throughput.gp3", "45.0560000000"),
]
IO2 = [
    product("EU-EBS:VolumeUsage.io2", "0.138"),
    product("EU-EBS:VolumeP-IOPS.io2", "0.072"),
    product("EU-EBS:VolumeP-IOPS.io2.tier2", "0.0504"),
]
PRODUCTS = {
    "eks_cluster": EKS,
    "eks_extended_support": EKS,
    "nat_gateway": [
        product("EU-NatGateway-Hours", "0.0480000000"),
        product("EU-RegionalNatGateway-Hours", "0.07"),
        product("EU-NatGateway-Bytes", "0.048"),
    ],
    "interface_endpoint": [product("EU-VpcEndpoint-Hours", "0.011"), product("EU-VpcEndpoint-Bytes", "", tiers=(("0", "0.01"), ("1048576", "0.006")))],
    # Two prices for one name: nobody knows which.
    "application_load_balancer": [product("EU-LoadBalancerUsage", "0.0252"), product("LoadBalancerUsage", "0.03")],
    "network_load_balancer": [product("EU-LoadBalancerUsage", "0.0252"), product("EU-TS-LoadBalancerUsage", "0.005")],
    "classic_load_balancer": [],
    "public_ipv4": [product("EU-PublicIPv4:InUseAddress", "0.0050000000"), product("EU-PublicIPv4:InUseAddress", "0.0000000000")],
    "ebs_gp2": [product("EU-EBS:VolumeUsage.gp2", "0.11")],
    **dict.fromkeys(("ebs_gp3", "ebs_gp3_iops", "ebs_gp3_throughput"), GP3),
    **{key: [] for key in ("ebs_io1", "ebs_io1_iops", "ebs_sc1", "ebs_st1")},
    **dict.fromkeys(("ebs_io2", "ebs_io2_iops"), IO2),
    "ebs_standard": [product("EU-EBS:VolumeUsage", "0.055"), product("EU-EBS:VolumeIOUsage", "0.000000055")],
    # The first 25 zones have another price than those after them.
    "hosted_zone": [product("HostedZone", "", tiers=(("0", "0.5"), ("25", "0.1")))],
    "secret": [product("EU-AWSSecretsManager-Secrets", "0.4"), product("EU-AWSSecretsManagerAPIRequest", "0.000005")],
    # A key by the month, and a tier of requests that does not begin at nothing.
    "kms_key": [product("eu-west-1-KMS-Keys", "1.0"), product("eu-west-1-KMS-Requests", "", tiers=(("20000", "0.000003"),))],
}  # fmt: skip
INSTANCES = [
    product("EU-BoxUsage:m7g.large", "0.0910000000", instanceType="m7g.large"),
    product("EU-BoxUsage:x9z.huge", "9", instanceType="x9z.huge"),
]


def client(service: str, region: str) -> tuple[Any, Stubber]:
    make: Any = boto3.client
    made = make(service, region_name=region, aws_access_key_id="x", aws_secret_access_key="x")
    stub = Stubber(made)
    stub.activate()
    return made, stub


def filters(fields: dict[str, str]) -> list[dict[str, str]]:
    return [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in fields.items()]


def pricing() -> Any:
    """A client that answers what a renewal of eu-west-1 asks, in turn; the NAT gateway's products on two pages."""
    made, stub = client("pricing", "us-east-1")
    for name, query in QUERIES.items():
        where = {} if query.is_global else {"regionCode": "eu-west-1"}
        asked = {"ServiceCode": query.service, "Filters": filters({**where, **query.fields})}
        pages = [[text] for text in PRODUCTS[name]] if name == "nat_gateway" else [PRODUCTS[name]]
        for number, page in enumerate(pages):
            more = {"NextToken": str(number + 1)} if number + 1 < len(pages) else {}
            token = {"NextToken": str(number)} if number else {}
            stub.add_response(
                "get_products", {"FormatVersion": "aws_v1", "PriceList": page, **more}, {**asked, **token}
            )
    on_demand = {"ServiceCode": "AmazonEC2", "Filters": filters({"regionCode": "eu-west-1", **ON_DEMAND})}
    stub.add_response("get_products", {"FormatVersion": "aws_v1", "PriceList": INSTANCES}, on_demand)
    return made


def spot(zone: str, hour: int, usd: str, type_: str = "m7g.large") -> dict[str, Any]:
    at = datetime(2026, 11, 21, hour, tzinfo=UTC)
    return {
        "AvailabilityZone": zone,
        "InstanceType": type_,
        "ProductDescription": "Linux/UNIX",
        "SpotPrice": usd,
        "Timestamp": at,
    }


def ec2() -> Any:
    made, stub = client("ec2", "eu-west-1")
    history = [
        spot("eu-west-1a", 1, "0.030000"),
        spot("eu-west-1a", 9, "0.040000"),
        spot("eu-west-1a", 5, "0.035000"),
        spot("eu-west-1b", 2, "0.050000"),
        spot("eu-west-1-dub-1a", 2, "0.900000"),
        spot("eu-west-1a", 2, "0.9", "x9z.huge"),
    ]
    asked = {"ProductDescriptions": ["Linux/UNIX"], "StartTime": datetime(2026, 11, 21, tzinfo=UTC)}
    stub.add_response("describe_spot_price_history", {"SpotPriceHistory": history}, asked)
    return made


def renewed(**old: Any) -> dict[str, Any]:
    wanted = {
        "source": "s",
        "date": "2026-01-01",
        "sources": {"a": {"source": "a"}},
        "prices": {"us-east-1": {"flat": {"kms_key": OLD}}, **old},
    }
    return price_table(pricing(), ec2(), wanted, {"m7g.large"}, TODAY)


def test_flat_prices_are_those_of_the_usage_types_that_are_meant() -> None:
    table = renewed()
    assert {name: row["usd"] for name, row in table["prices"]["eu-west-1"]["flat"].items()} == {
        "ebs_gp2": 0.11,
        "ebs_gp3": 0.088,
        "ebs_gp3_iops": 0.0055,
        "ebs_gp3_throughput": 0.044,
        "ebs_io2": 0.138,
        "ebs_io2_iops": 0.072,
        "ebs_standard": 0.055,
        "eks_cluster": 0.1,
        "eks_extended_support": 0.5,
        "hosted_zone": 0.5,
        "interface_endpoint": 0.011,
        "kms_key": 1.0,
        "nat_gateway": 0.048,
        "network_load_balancer": 0.0252,
        "public_ipv4": 0.005,
        "secret": 0.4,
    }
    assert table["date"] == "2026-11-21"
    assert set(table["sources"]) == {"a", "aws"}


def test_nodes_are_priced_on_demand_and_by_the_mean_of_the_zones_latest_spot_prices() -> None:
    rows = renewed()["prices"]["eu-west-1"]
    new = {"confirmed": True, "date": "2026-11-21", "source": "aws"}
    assert rows["on_demand"] == {"m7g.large": {"usd": 0.091, **new}}
    assert rows["spot"] == {"m7g.large": {"usd": 0.045, **new}}


def test_what_aws_does_not_name_keeps_its_price_unconfirmed_and_other_regions_stay() -> None:
    table = renewed(
        **{
            "eu-west-1": {
                "flat": {"classic_load_balancer": OLD, "application_load_balancer": OLD, "nat_gateway": OLD},
                "spot": {"m6g.large": OLD},
            }
        }
    )
    rows = table["prices"]["eu-west-1"]
    assert rows["flat"]["classic_load_balancer"] == {**OLD, "confirmed": False}
    assert rows["flat"]["application_load_balancer"] == {**OLD, "confirmed": False}
    assert rows["flat"]["nat_gateway"]["usd"] == 0.048
    assert rows["spot"]["m6g.large"] == {**OLD, "confirmed": False}
    assert table["prices"]["us-east-1"] == {"flat": {"kms_key": OLD}}


def test_every_flat_price_can_be_renewed_and_nothing_else_is_asked() -> None:
    assert set(QUERIES) == set(UNITS)
    silent, _ = client("pricing", "us-east-1")
    with pytest.raises(UnStubbedResponseError):
        price_table(silent, ec2(), {"source": "s", "sources": {}, "prices": {}}, set(), TODAY)

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from typer.testing import CliRunner

from roadstead.facts import addon_versions, eks_versions, files, instance_types, node_images
from roadstead.tool.cli.main import app
from roadstead.tool.facts.refresh import addon_version_table, eks_version_table, node_image_table

TODAY = date(2026, 11, 21)
TABLES = list(files.path("x").parent.glob("*.json"))


def stubbed(service: str, *answers: tuple[str, dict[str, Any], dict[str, Any]]) -> Any:
    """A client that gives these answers in turn and nothing else; what AWS's own model does not allow is an error."""
    make: Any = boto3.client
    client = make(service, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    stub = Stubber(client)
    for operation, parameters, answer in answers:
        stub.add_response(operation, answer, parameters)
    stub.activate()
    return client


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.name)
def test_every_table_says_where_and_when_it_comes_from(table: Path) -> None:
    content = json.loads(table.read_text())
    assert content.get("source") or content["sources"]
    assert date.fromisoformat(content["date"])


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.name)
def test_every_table_is_written_as_the_refresh_writes_it(table: Path) -> None:
    assert table.read_text() == files.text(json.loads(table.read_text()))


def test_what_was_not_confirmed_by_aws_is_marked() -> None:
    pins = [pin for by_addon in files.read(addon_versions.DATA)["versions"].values() for pin in by_addon.values()]
    assert all({"version", "confirmed", "date"} <= set(pin) for pin in pins)
    assert all(
        {"release_version", "confirmed", "date"} <= set(pin)
        for pin in files.read(node_images.DATA)["releases"].values()
    )


def test_every_version_has_addons_and_an_image() -> None:
    versions = set(eks_versions.eks_versions())
    assert set(files.read(addon_versions.DATA)["versions"]) == versions
    assert set(node_images.node_images()) == versions


def test_a_large_instance_is_what_aws_says_it_is() -> None:
    assert instance_types.instance_types()["m7g.large"] == instance_types.InstanceType(
        vcpus=2, memory_mib=8192, architecture="arm64", enis=3, ipv4_per_eni=10, spot=True
    )


def described(version: str, ends: datetime, status: str = "STANDARD_SUPPORT") -> dict[str, Any]:
    return {"clusterVersion": version, "endOfStandardSupportDate": ends, "versionStatus": status}


def test_versions_are_read_from_eks_newest_first_and_one_that_soon_leaves_is_warned_about() -> None:
    client = stubbed(
        "eks",
        (
            "describe_cluster_versions",
            {"versionStatus": "STANDARD_SUPPORT"},
            {
                "clusterVersions": [
                    described("1.9", datetime(2027, 1, 1)),
                    described("1.37", datetime(2027, 12, 1)),
                    described("1.36", datetime(2027, 8, 2)),
                ]
            },
        ),
        (
            "describe_cluster_versions",
            {"versionStatus": "EXTENDED_SUPPORT"},
            {"clusterVersions": [described("1.8", datetime(2026, 3, 23), "EXTENDED_SUPPORT")]},
        ),
    )
    table = eks_version_table(client, TODAY)
    assert list(table["versions"]) == ["1.37", "1.36", "1.9"]
    assert table["versions"]["1.36"] == {"standard_support_ends": "2027-08-02"}
    assert table["versions"]["1.9"]["warning"] == "standard support of EKS 1.9 ends on 2027-01-01; move to 1.37"
    assert table["in_extended_support"] == {"1.8": {"standard_support_ends": "2026-03-23"}}


def offer(addon: str, *versions: tuple[str, bool]) -> dict[str, Any]:
    return {
        "addons": [
            {
                "addonName": addon,
                "addonVersions": [
                    {"addonVersion": version, "compatibilities": [{"defaultVersion": default}]}
                    for version, default in versions
                ],
            }
        ]
    }


def test_addons_take_the_version_that_eks_would_choose_and_keep_what_it_does_not_name() -> None:
    old = {"version": "v0-eksbuild.1", "confirmed": True, "date": "2026-01-01"}
    client = stubbed(
        "eks",
        (
            "describe_addon_versions",
            {"addonName": "coredns", "kubernetesVersion": "1.36"},
            offer("coredns", ("v3-eksbuild.1", False), ("v2-eksbuild.1", True)),
        ),
        ("describe_addon_versions", {"addonName": "other", "kubernetesVersion": "1.36"}, {"addons": []}),
    )
    table = addon_version_table(client, {"versions": {"1.36": {"coredns": old, "other": old}}}, ["1.36"], TODAY)
    assert table["versions"]["1.36"] == {
        "coredns": {"version": "v2-eksbuild.1", "confirmed": True, "date": "2026-11-21"},
        "other": {"version": "v0-eksbuild.1", "confirmed": False, "date": "2026-01-01"},
    }


def test_node_images_are_read_from_the_public_parameters() -> None:
    name = "/aws/service/eks/optimized-ami/1.36/amazon-linux-2023/arm64/standard/recommended/release_version"
    old = {"release_version": "1.36.0-20260101", "confirmed": True, "date": "2026-01-01"}
    answers: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"Parameters": [{"Name": name, "Value": "1.36.9-20261120"}]}, {"release_version": "1.36.9-20261120", "confirmed": True, "date": "2026-11-21"}),
        ({"InvalidParameters": [name]}, {**old, "confirmed": False}),
    ]  # fmt: skip
    for answer, expected in answers:
        client = stubbed("ssm", ("get_parameters", {"Names": [name]}, answer))
        assert node_image_table(client, {"releases": {"1.36": old}}, ["1.36"], TODAY)["releases"] == {"1.36": expected}


def test_a_version_that_eks_has_begun_to_offer_gets_its_addons_and_one_that_it_has_not_any_more_loses_them() -> None:
    old = {"version": "v0-eksbuild.1", "confirmed": True, "date": "2026-01-01"}
    asked = {"addonName": "coredns", "kubernetesVersion": "1.37"}
    for answer, expected in (
        (offer("coredns", ("v2-eksbuild.1", True)), {"1.37": {"coredns": {"version": "v2-eksbuild.1", "confirmed": True, "date": "2026-11-21"}}}),
        ({"addons": []}, {}),
    ):  # fmt: skip
        client = stubbed("eks", ("describe_addon_versions", asked, answer))
        assert (
            addon_version_table(client, {"versions": {"1.33": {"coredns": old}}}, ["1.37"], TODAY)["versions"]
            == expected
        )


def test_a_version_that_eks_has_begun_to_offer_gets_its_image_where_there_is_one() -> None:
    name = "/aws/service/eks/optimized-ami/1.37/amazon-linux-2023/arm64/standard/recommended/release_version"
    found = {"release_version": "1.37.1-20261120", "confirmed": True, "date": "2026-11-21"}
    answers: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"Parameters": [{"Name": name, "Value": "1.37.1-20261120"}]}, {"1.37": found}),
        ({"InvalidParameters": [name]}, {}),
    ]
    for answer, expected in answers:
        client = stubbed("ssm", ("get_parameters", {"Names": [name]}, answer))
        assert node_image_table(client, {"releases": {}}, ["1.37"], TODAY)["releases"] == expected


def test_without_credentials_nothing_changes(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "any")

    monkeypatch.setattr("boto3.Session.client", refuse)
    before = {table.name: table.read_text() for table in data.iterdir()}
    result = CliRunner().invoke(app, ["facts", "refresh", "--region", "eu-west-1"])
    assert result.exit_code == 1
    assert result.stderr.count("not renewed: ") == 5
    assert {table.name: table.read_text() for table in data.iterdir()} == before

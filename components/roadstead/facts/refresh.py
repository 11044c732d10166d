"""Renews the fact tables from the AWS APIs. Each function asks one API and returns the new content of one table.

The caller gives the clients and the date, so that nothing here reads the machine's credentials or its clock.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from roadstead.facts import instance_types

WARN_DAYS = 90
"""How long before the end of its standard support a version is warned about."""


def instance_type_table(ec2: Any, today: date) -> dict[str, Any]:
    """Every instance type of the region that `ec2` asks."""
    pages = ec2.get_paginator("describe_instance_types").paginate()
    described = (facts for page in pages for facts in page["InstanceTypes"])
    region = ec2.meta.region_name
    return instance_types.table(described, f"EC2 DescribeInstanceTypes in {region}", today.isoformat())


def eks_version_table(eks: Any, today: date) -> dict[str, Any]:
    """The Kubernetes versions in standard support, newest first."""
    pages = eks.get_paginator("describe_cluster_versions").paginate(versionStatus="STANDARD_SUPPORT")
    found = {facts["clusterVersion"]: facts for page in pages for facts in page["clusterVersions"]}
    newest = max(found, key=_minor)
    versions = {}
    for version in sorted(found, key=_minor, reverse=True):
        ends = found[version]["endOfStandardSupportDate"].date()
        entry: dict[str, Any] = {"standard_support_ends": ends.isoformat()}
        if ends - today < timedelta(days=WARN_DAYS):
            entry["warning"] = f"standard support of EKS {version} ends on {ends.isoformat()}; move to {newest}"
        versions[version] = entry
    return {"source": "EKS DescribeClusterVersions", "date": today.isoformat(), "versions": versions}


def addon_version_table(eks: Any, wanted: Mapping[str, Any], today: date) -> dict[str, Any]:
    """For each Kubernetes version and add-on of the present table, the version that EKS itself would choose.

    What EKS does not name keeps its old version, marked as not confirmed.
    """
    versions = {}
    for kubernetes_version, pins in wanted["versions"].items():
        versions[kubernetes_version] = {
            addon: _confirmed(pin, "version", _default_version(eks, addon, kubernetes_version), today)
            for addon, pin in pins.items()
        }
    return {"source": "EKS DescribeAddonVersions", "date": today.isoformat(), "versions": versions}


def node_image_table(ssm: Any, wanted: Mapping[str, Any], today: date) -> dict[str, Any]:
    """For each Kubernetes version of the present table, the recommended release of Amazon Linux 2023."""
    releases = {}
    for version, pin in wanted["releases"].items():
        image = f"/aws/service/eks/optimized-ami/{version}/amazon-linux-2023/arm64/standard/recommended"
        answer = ssm.get_parameters(Names=[f"{image}/release_version"]).get("Parameters", [])
        found = answer[0]["Value"] if answer else None
        releases[version] = _confirmed(pin, "release_version", found, today)
    return {"source": "SSM public parameters of EKS", "date": today.isoformat(), "releases": releases}


def _default_version(eks: Any, addon: str, kubernetes_version: str) -> str | None:
    pages = eks.get_paginator("describe_addon_versions").paginate(addonName=addon, kubernetesVersion=kubernetes_version)
    offers = (offer for page in pages for described in page["addons"] for offer in described["addonVersions"])
    for offer in offers:
        if any(fits.get("defaultVersion") for fits in offer.get("compatibilities", [])):
            return str(offer["addonVersion"])
    return None


def _confirmed(pin: Mapping[str, Any], key: str, found: str | None, today: date) -> dict[str, Any]:
    if found is None:
        return {**pin, "confirmed": False}
    return {key: found, "confirmed": True, "date": today.isoformat()}


def _minor(version: str) -> int:
    return int(version.split(".")[1])

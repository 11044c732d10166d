"""Renews the fact tables from the AWS APIs. Each function asks one API and returns the new content of one table.

The caller gives the clients and the date, so that nothing here reads the machine's credentials or its clock.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from roadstead.facts import instance_types
from roadstead.facts.eks_versions import WARN_DAYS
from roadstead.facts.kubernetes_versions import minor


def instance_type_table(ec2: Any, today: date) -> dict[str, Any]:
    """Every instance type of the region that `ec2` asks."""
    pages = ec2.get_paginator("describe_instance_types").paginate()
    described = (facts for page in pages for facts in page["InstanceTypes"])
    region = ec2.meta.region_name
    return instance_types.table(described, f"EC2 DescribeInstanceTypes in {region}", today.isoformat())


def eks_version_table(eks: Any, today: date) -> dict[str, Any]:
    """The Kubernetes versions in standard support, newest first, and those in extended support."""
    found = _support_ends(eks, "STANDARD_SUPPORT")
    newest = max(found, key=minor)
    versions = {}
    for version, ends in found.items():
        entry: dict[str, Any] = {"standard_support_ends": ends.isoformat()}
        if ends - today < timedelta(days=WARN_DAYS):
            entry["warning"] = f"standard support of EKS {version} ends on {ends.isoformat()}; move to {newest}"
        versions[version] = entry
    ended = {
        version: {"standard_support_ends": ends.isoformat()}
        for version, ends in _support_ends(eks, "EXTENDED_SUPPORT").items()
    }
    return {
        "source": "EKS DescribeClusterVersions",
        "date": today.isoformat(),
        "versions": versions,
        "in_extended_support": ended,
    }


def _support_ends(eks: Any, status: str) -> dict[str, date]:
    """When standard support ends or ended, by version, newest first."""
    pages = eks.get_paginator("describe_cluster_versions").paginate(versionStatus=status)
    found = {facts["clusterVersion"]: facts for page in pages for facts in page["clusterVersions"]}
    return {
        version: found[version]["endOfStandardSupportDate"].date() for version in sorted(found, key=minor, reverse=True)
    }


def addon_version_table(eks: Any, known: Mapping[str, Any], offered: Iterable[str], today: date) -> dict[str, Any]:
    """For each Kubernetes version that EKS offers, and each add-on of the present table, the version that EKS would choose.

    What EKS does not name keeps its old version, marked as not confirmed. A version of Kubernetes is only added when EKS
    names all of its add-ons.
    """
    addons = list(dict.fromkeys(addon for pins in known["versions"].values() for addon in pins))
    versions = {}
    for kubernetes_version in offered:
        old = known["versions"].get(kubernetes_version, {})
        found = {addon: _default_version(eks, addon, kubernetes_version) for addon in old or addons}
        if old or all(found.values()):
            versions[kubernetes_version] = {
                addon: _confirmed(old.get(addon, {}), "version", version, today) for addon, version in found.items()
            }
    return {"source": "EKS DescribeAddonVersions", "date": today.isoformat(), "versions": versions}


def node_image_table(ssm: Any, known: Mapping[str, Any], offered: Iterable[str], today: date) -> dict[str, Any]:
    """For each Kubernetes version that EKS offers, the recommended release of Amazon Linux 2023."""
    releases = {}
    for version in offered:
        image = f"/aws/service/eks/optimized-ami/{version}/amazon-linux-2023/arm64/standard/recommended"
        answer = ssm.get_parameters(Names=[f"{image}/release_version"]).get("Parameters", [])
        found = answer[0]["Value"] if answer else None
        old = known["releases"].get(version, {})
        if old or found:
            releases[version] = _confirmed(old, "release_version", found, today)
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

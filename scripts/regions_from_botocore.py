"""Makes `data/regions.json`: the partition of each AWS region from botocore, and its zones from moto.

.venv/bin/python scripts/regions_from_botocore.py 2026-11-30
"""

import sys
from importlib.metadata import version
from typing import Any

import botocore.session
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

from roadstead.facts import files
from roadstead.facts.regions import DATA

MORE_ZONES = {"ap-northeast-1": "b", "cn-north-1": "cd", "us-west-1": "c"}
"""Zones that only some accounts have: AWS shuffles their letters, or gives them to no new account."""


def table(date: str) -> dict[str, Any]:
    """The content of the data file."""
    found = {
        region: {"partition": partition["id"], "zones": _zones(region)}
        for partition in botocore.session.get_session()
        .get_component("data_loader")
        .load_data("partitions")["partitions"]
        for region in partition["regions"]
        if not region.endswith("-global")
    }
    source = f"partitions of botocore {version('botocore')}, zones of moto {version('moto')}"
    return {"source": source, "date": date, "regions": dict(sorted(found.items()))}


def _zones(region: str) -> str:
    zones = RegionsAndZonesBackend.zones.get(region, [])
    letters = {zone.name.removeprefix(region) for zone in zones if zone.zone_type == "availability-zone"}
    return "".join(sorted(letters | set(MORE_ZONES.get(region, ""))))


if __name__ == "__main__":
    files.write(DATA, table(sys.argv[1]))

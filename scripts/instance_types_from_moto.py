"""Turns the copy of AWS's DescribeInstanceTypes answer that moto ships into `data/instance_types.json`.

For a machine without an AWS account; with one, `roadstead facts refresh` asks AWS itself.

    .venv/bin/python scripts/instance_types_from_moto.py 2026-11-21
"""

import sys
from importlib.metadata import version

from moto.ec2.models.instance_types import INSTANCE_TYPES

from roadstead.facts import instance_types
from roadstead.facts.files import write


def main(date: str) -> None:
    source = f"EC2 DescribeInstanceTypes, as shipped in moto {version('moto')}"
    write(instance_types.DATA, instance_types.table(INSTANCE_TYPES.values(), source, date))


main(sys.argv[1])

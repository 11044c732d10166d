"""Roadstead's rules as a policy pack: `pulumi up --policy-pack policy`. docs/policy.md says what it sees and what not."""

import sys
from datetime import date
from pathlib import Path

from pulumi_policy import PolicyPack

from roadstead.tool.offline.errors import InputError
from roadstead.tool.policy.pack import Pack

PROJECT = Path(__file__).resolve().parent.parent

try:
    policies = Pack(PROJECT, date.today()).policies()
except InputError as error:
    sys.exit(f"error: {error}")
PolicyPack("roadstead", policies)

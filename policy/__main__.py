"""Roadstead's rules as a policy pack: `pulumi up --policy-pack policy`. docs/policy.md says what it sees and what not."""

from datetime import date
from pathlib import Path

from pulumi_policy import PolicyPack

from roadstead.policy.pack import Pack

PROJECT = Path(__file__).resolve().parent.parent
PolicyPack("roadstead", Pack(PROJECT, date.today()).policies())

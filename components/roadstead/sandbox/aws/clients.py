"""Clients of the AWS services that a stack uses, for an endpoint on this machine."""

from dataclasses import dataclass, fields
from typing import Any

import boto3
from botocore.config import Config

from roadstead.sandbox.aws import service_model

ANYBODY = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}
"""Moto asks nobody who they are."""


@dataclass(frozen=True)
class Clients:
    """One client a service. What they send is checked against AWS's service models first."""

    ec2: Any
    ecr: Any
    eks: Any
    iam: Any
    kms: Any
    logs: Any
    sts: Any


def connect(endpoint_url: str, region: str, credentials: dict[str, str] | None = None) -> Clients:
    """Clients for a region at an endpoint; by default as somebody whom moto lets do everything."""
    session = boto3.Session(region_name=region, **(credentials or ANYBODY))
    service_model.watch(session.events)
    # A proxy that the environment names could not reach this machine's own loopback.
    config = Config(proxies={})
    services = [field.name for field in fields(Clients)]
    return Clients(*(session.client(service, endpoint_url=endpoint_url, config=config) for service in services))

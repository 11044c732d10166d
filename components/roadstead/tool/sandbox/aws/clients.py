"""Clients of the AWS services that a stack uses, for an endpoint on this machine."""

from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import boto3
from botocore.config import Config

from roadstead.tool.sandbox.aws import service_model

Answer = dict[str, Any]
"""What AWS said of a resource that it made: its `id`, and whatever else others may use, by Pulumi's keys."""


class Credentials(NamedTuple):
    """Whose calls they are. Moto asks nobody who they are, so that anything will do."""

    access_key_id: str = "sandbox"
    secret_access_key: str = "sandbox"
    session_token: str | None = None


NOBODY = Credentials()


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


def connect(endpoint_url: str, region: str, credentials: Credentials = NOBODY) -> Clients:
    """Clients for a region at an endpoint; by default nobody's in particular."""
    session = boto3.Session(*credentials, region_name=region)
    service_model.watch(session.events)
    # A proxy that the environment names could not reach this machine's own loopback.
    config = Config(proxies={})
    client: Any = session.client
    return Clients(*(client(service.name, endpoint_url=endpoint_url, config=config) for service in fields(Clients)))

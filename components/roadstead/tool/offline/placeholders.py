"""Values that only exist after creation, made up: readable, the same on every run, and never equal to a real name.

Each carries the resource's logical name and seven hexadecimal digits of its URN, as the names do that Pulumi itself
generates. They have the form that the real value has (an ARN, a URL, an id), so that documents made of them are valid.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pulumi
from pulumi import _types

from roadstead.core.forms import partition
from roadstead.tool.offline.graph import EXAMPLE_ACCOUNT_ID, Secret, Unknown, made_up_name

EXAMPLE_REGION = "us-east-1"


@dataclass(frozen=True)
class Place:
    """Where a resource would be made."""

    account_id: str = EXAMPLE_ACCOUNT_ID
    region: str = EXAMPLE_REGION

    @classmethod
    def of_provider(cls, inputs: Mapping[str, Any], region: str) -> "Place":
        """Where an AWS provider with these inputs makes things; in `region` where they name none."""
        # The SDK hands a provider its lists as JSON.
        accounts = json.loads(inputs.get("allowedAccountIds", "[]"))
        return cls(accounts[0] if accounts else EXAMPLE_ACCOUNT_ID, inputs.get("region", region))

    def arn(self, service: str, resource: str, *, regional: bool = True) -> str:
        """The ARN of a resource here."""
        return f"arn:{partition(self.region)}:{service}:{self.region if regional else ''}:{self.account_id}:{resource}"


def computed(type_: str, name: str, urn: str, inputs: Mapping[str, Any], place: Place) -> tuple[str, dict[str, Any]]:
    """The id of a resource, and the outputs that its inputs do not give."""
    unique = made_up_name(name, urn)
    package, _, kind = type_.partition(":")
    # What is secret or not known yet is nothing to make a name or an ARN of.
    seen = {key: value for key, value in inputs.items() if not isinstance(value, Secret | Unknown)}
    if package == "kubernetes":
        return _kubernetes(unique, seen)
    made = _AWS[kind](unique, seen, place) if package == "aws" and kind in _AWS else {}
    if package == "aws" and "arn" not in made:
        service, _, path = kind.partition("/")
        made["arn"] = place.arn(service, f"{path.partition(':')[0]}/{unique}")
    others = {key: f"{unique}.{key}" for key in _text_outputs(type_) if key not in inputs and key not in made}
    if "name" in others:
        others["name"] = unique
    return str(made.pop("id", unique)), others | made


def _kubernetes(unique: str, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    metadata = dict(inputs.get("metadata") or {})
    metadata.setdefault("name", unique)
    namespace = metadata.get("namespace")
    return f"{namespace}/{metadata['name']}" if namespace else str(metadata["name"]), {"metadata": metadata}


@cache
def _text_outputs(type_: str) -> tuple[str, ...]:
    """The outputs that are always there and are text, of a resource type whose class has been imported."""
    classes = [pulumi.CustomResource]
    while classes:
        resource_class = classes.pop()
        if getattr(resource_class, "pulumi_type", None) == type_:
            return tuple(key for key, hint in _types.resource_types(resource_class).items() if hint is str)
        classes.extend(resource_class.__subclasses__())
    return ()


_Maker = Callable[[str, Mapping[str, Any], Place], dict[str, Any]]


def _numbered(prefix: str, **more: Any) -> _Maker:
    """EC2's form of an id: a prefix and something unique."""
    return lambda unique, _inputs, _place: {"id": f"{prefix}-{unique}", **more}


def _named(service: str, form: str, *, regional: bool = True) -> _Maker:
    """A resource whose id is its name, and whose ARN ends in it."""

    def make(unique: str, inputs: Mapping[str, Any], place: Place) -> dict[str, Any]:
        name = inputs.get("name", unique)
        return {"id": name, "name": name, "arn": place.arn(service, form.format(name), regional=regional)}

    return make


def _policy(unique: str, inputs: Mapping[str, Any], place: Place) -> dict[str, Any]:
    made = _named("iam", "policy/{}", regional=False)(unique, inputs, place)
    return {**made, "id": made["arn"]}


def _oidc_provider(unique: str, inputs: Mapping[str, Any], place: Place) -> dict[str, Any]:
    host = str(inputs.get("url", unique)).removeprefix("https://")
    arn = place.arn("iam", f"oidc-provider/{host}", regional=False)
    return {"id": arn, "arn": arn}


def _key(unique: str, _inputs: Mapping[str, Any], place: Place) -> dict[str, Any]:
    return {"id": unique, "keyId": unique, "arn": place.arn("kms", f"key/{unique}")}


def _repository(unique: str, inputs: Mapping[str, Any], place: Place) -> dict[str, Any]:
    made = _named("ecr", "repository/{}")(unique, inputs, place)
    registry = f"{place.account_id}.dkr.ecr.{place.region}.amazonaws.com"
    return {**made, "repositoryUrl": f"{registry}/{made['name']}", "registryId": place.account_id}


def _cluster(unique: str, inputs: Mapping[str, Any], place: Place) -> dict[str, Any]:
    made = _named("eks", "cluster/{}")(unique, inputs, place)
    return {
        **made,
        "endpoint": f"https://{unique}.{place.region}.eks.amazonaws.com",
        "certificateAuthority": {"data": b64encode(unique.encode()).decode()},
        "identities": [{"oidcs": [{"issuer": f"https://oidc.eks.{place.region}.amazonaws.com/id/{unique}"}]}],
        "vpcConfig": {**inputs.get("vpcConfig", {}), "clusterSecurityGroupId": f"sg-{unique}"},
    }


def _node_group(unique: str, inputs: Mapping[str, Any], place: Place) -> dict[str, Any]:
    cluster, name = inputs.get("clusterName"), inputs.get("nodeGroupName", unique)
    return {
        "id": f"{cluster}:{name}",
        "nodeGroupName": name,
        "arn": place.arn("eks", f"nodegroup/{cluster}/{name}/{unique}"),
    }


def _address(unique: str, _inputs: Mapping[str, Any], _place: Place) -> dict[str, Any]:
    """An address of the block that is reserved for documentation."""
    return {"id": f"eipalloc-{unique}", "publicIp": f"198.51.100.{1 + int(unique[-7:], 16) % 254}"}


_AWS: dict[str, _Maker] = {
    "cloudwatch/logGroup:LogGroup": _named("logs", "log-group:{}"),
    "ec2/eip:Eip": _address,
    "ec2/flowLog:FlowLog": _numbered("fl"),
    "ec2/internetGateway:InternetGateway": _numbered("igw"),
    "ec2/launchTemplate:LaunchTemplate": _numbered("lt", latestVersion=1, defaultVersion=1),
    "ec2/natGateway:NatGateway": _numbered("nat"),
    "ec2/routeTable:RouteTable": _numbered("rtb"),
    "ec2/routeTableAssociation:RouteTableAssociation": _numbered("rtbassoc"),
    "ec2/securityGroup:SecurityGroup": _numbered("sg"),
    "ec2/securityGroupRule:SecurityGroupRule": _numbered("sgrule"),
    "ec2/subnet:Subnet": _numbered("subnet"),
    "ec2/vpc:Vpc": _numbered("vpc"),
    "ec2/vpcEndpoint:VpcEndpoint": _numbered("vpce"),
    "ecr/repository:Repository": _repository,
    "eks/cluster:Cluster": _cluster,
    "eks/nodeGroup:NodeGroup": _node_group,
    "iam/openIdConnectProvider:OpenIdConnectProvider": _oidc_provider,
    "iam/policy:Policy": _policy,
    "iam/role:Role": _named("iam", "role/{}", regional=False),
    "kms/alias:Alias": _named("kms", "{}"),
    "kms/key:Key": _key,
}

"""Graphs made of a few resources, without a program: for what a program of ours would refuse to declare."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.support import ACCOUNT, REGION

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.change import Change, Kind, StackDiff


def resource(type_: str, name: str, inputs: Mapping[str, Any], **fields: Any) -> Resource:
    urn = f"urn:pulumi:test::project::{type_}::{name}"
    return Resource(urn, type_, name, fields.pop("parent", None), True, None, inputs, **fields)


def graph(*resources: Resource, stack: str = "test", project: str = "roadstead") -> Graph:
    return Graph(project, stack, {made.urn: made for made in resources}, {})


def node_group(
    name: str = "general",
    *,
    instance_types: Sequence[str] = ("m7g.large",),
    zones: Sequence[str] = ("eu-west-1a", "eu-west-1b", "eu-west-1c"),
    least: int = 1,
    most: int = 3,
    spot: bool = False,
    labels: Mapping[str, str] | None = None,
    taints: Sequence[Mapping[str, str]] = (),
) -> Resource:
    own = [{"key": "roadstead.dev/spot", "value": "true", "effect": "NO_SCHEDULE"}] if spot else []
    return resource(
        "aws:eks/nodeGroup:NodeGroup",
        name,
        {
            "capacityType": "SPOT" if spot else "ON_DEMAND",
            "instanceTypes": list(instance_types),
            "subnetIds": list(zones),
            "scalingConfig": {"minSize": least, "maxSize": most, "desiredSize": least},
            "labels": dict(labels or {}),
            "taints": [*own, *taints],
        },
    )


def kubernetes(kind: str, name: str, namespace: str | None = None, **body: Any) -> Resource:
    """An object of Kubernetes. Its type token is not a provider's: no rule looks at it."""
    metadata = {"name": name, **({"namespace": namespace} if namespace else {}), **body.pop("metadata", {})}
    inputs = {"apiVersion": "v1", "kind": kind, "metadata": metadata, **body}
    return resource(f"kubernetes:some/v1:{kind}", f"{namespace}.{name}" if namespace else name, inputs)


def deployment(
    name: str = "api",
    *,
    namespace: str = "payments",
    replicas: int = 2,
    cpu: str = "100m",
    memory: str = "128Mi",
    container: Mapping[str, Any] | None = None,
    pod: Mapping[str, Any] | None = None,
    kind: str = "Deployment",
    **spec: Any,
) -> Resource:
    labels = {"app.kubernetes.io/name": name}
    probe = {"tcpSocket": {"port": 80}}
    running = {
        "name": "app",
        "image": f"registry.example.com/app@sha256:{'ab' * 32}",
        "resources": {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": memory}},
        "livenessProbe": probe,
        "readinessProbe": probe,
        **(container or {}),
    }
    template = {"metadata": {"labels": labels}, "spec": {"containers": [running], **(pod or {})}}
    return kubernetes(
        kind,
        name,
        namespace,
        spec={"replicas": replicas, "selector": {"matchLabels": labels}, "template": template, **spec},
    )


def namespace(name: str = "payments", team: str = "payments", **labels: str) -> Resource:
    return kubernetes("Namespace", name, metadata={"labels": {"roadstead.dev/team": team, **labels}})


def component(kind: str, name: str, **inputs: Any) -> Resource:
    return resource(f"roadstead:index:{kind}", name, inputs)


def of_tier(tier: str) -> Resource:
    """What says of which tier a stack is."""
    return component("Cluster", "test", tier=tier)


def role(name: str = "live-payments-developer", *, team: str = "payments", trust: Any = None) -> Resource:
    return resource(
        "aws:iam/role:Role",
        name,
        {"name": name, "assumeRolePolicy": document(trust or TRUST), "tags": {"team": team}},
        computed={"arn": f"arn:aws:iam::{ACCOUNT}:role/{name}"},
    )


TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def inline(role: str, *statements: Mapping[str, Any]) -> Resource:
    return resource("aws:iam/rolePolicy:RolePolicy", f"{role}-rights", {"role": role, "policy": document(*statements)})


def allow(*actions: str, on: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": on, **more}


ROOT_STATEMENT = {
    "Sid": "Root",
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": ["kms:*"],
    "Resource": "*",
}


def key(name: str = "payments", *statements: Mapping[str, Any], team: str = "payments") -> Resource:
    return resource(
        "aws:kms/key:Key",
        name,
        {"policy": document(*(statements or (ROOT_STATEMENT,))), "tags": {"team": team}},
        computed={"arn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{name}"},
    )


def changed(old: Resource, **inputs: Any) -> Resource:
    """A resource with some inputs changed; `None` takes one away."""
    merged = {**old.inputs, **inputs}
    return replace(old, inputs={key: value for key, value in merged.items() if value is not None})


def diff(base: Graph | None, head: Graph | None, *changes: Change) -> StackDiff:
    stack = head or base
    assert stack is not None
    return StackDiff(stack.stack, base, head, changes)


def only(head: Graph) -> StackDiff:
    """A stack that stays as it is."""
    return diff(head, head)


def deleted(old: Resource) -> Change:
    return Change(Kind.DELETE, old, None)


def replaced(old: Resource, *forcing: str, kind: Kind = Kind.REPLACE) -> Change:
    return Change(kind, old, old, forcing=forcing)

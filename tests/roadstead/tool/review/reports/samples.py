"""A small environment and a change of it, for the reports that draw it."""

import dataclasses
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from tests.roadstead.tool.review.strategies import graph, resource

from roadstead.core.quantities import Amount
from roadstead.tool.offline.graph import Graph, Resource, Secret
from roadstead.tool.review.access.matrix import Cell
from roadstead.tool.review.capacity.plan import Bar
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.cost.bill import Cost, cost
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.reports.page import Extra
from roadstead.tool.review.review import Review, StackReview

HOSTILE = "</script><img src=x onerror=alert(1)><script>alert(2)</script>"
PASSWORD = "hunter2"
DEPLOYMENT, NAMESPACE = "kubernetes:apps/v1:Deployment", "kubernetes:core/v1:Namespace"
GROUP, SUBNET = "aws:eks/nodeGroup:NodeGroup", "aws:ec2/subnet:Subnet"


def kubernetes(type_: str, name: str, namespace: str | None = None, **more: Any) -> Resource:
    """A Kubernetes object."""
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    inputs = {"metadata": metadata, "spec": more.pop("spec", {})}
    return resource(type_, f"{namespace or ''}.{name}", inputs, **more)


def component(type_: str, name: str, parent: Resource | None = None) -> Resource:
    """One of our components."""
    return resource(f"roadstead:index:{type_}", name, {}, custom=False, parent=parent.urn if parent else None)


def environment() -> Graph:
    """A network of three zones, a cluster with two node groups, a team with one app, and one of the platform's."""
    subnets = [
        resource(
            SUBNET, f"private-{zone}", {"availabilityZone": f"eu-west-1{zone}", "cidrBlock": f"10.0.{number}.0/24"}
        )
        for number, zone in enumerate("abc")
    ]
    ids = [subnet.id for subnet in subnets]
    scaling = {"minSize": 1, "maxSize": 4, "desiredSize": 1}
    team = component("Team", "payments")
    app = component("App", "payments.api", team)
    spec = {"image": "api:1", "password": Secret.of(PASSWORD)}
    return graph(
        resource("aws:ec2/vpc:Vpc", "net", {"cidrBlock": "10.0.0.0/16"}),
        *subnets,
        resource("aws:eks/cluster:Cluster", "main", {"name": "main", "version": "1.36"}),
        resource(GROUP, "general", {"subnetIds": ids, "instanceTypes": ["m7g.large"], "scalingConfig": scaling}),
        resource(
            GROUP,
            "spot",
            {
                "subnetIds": [ids[0], ids[2]],
                "instanceTypes": ["m7g.large", "m6g.large", "m8g.large"],
                "scalingConfig": scaling,
                "capacityType": "SPOT",
            },
        ),
        team,
        app,
        kubernetes(NAMESPACE, "payments", parent=team.urn),
        kubernetes(DEPLOYMENT, "api", "payments", parent=app.urn, spec=spec),
        kubernetes("kubernetes:policy/v1:PodDisruptionBudget", "api", "payments", parent=app.urn),
        kubernetes(DEPLOYMENT, "worker", "payments", parent=team.urn),
        kubernetes(DEPLOYMENT, "dns", "kube-system"),
    )


def changed(there: Graph, inputs: Mapping[str, Mapping[str, Any] | None]) -> Graph:
    """A graph with other inputs of some resources, by type and name; nothing for those that go."""
    made = {}
    for urn, old in there.resources.items():
        new = inputs.get(f"{old.type} {old.name}", {})
        if new is not None:
            made[urn] = dataclasses.replace(old, inputs={**old.inputs, **new})
    return dataclasses.replace(there, resources=made)


def diff(inputs: Mapping[str, Mapping[str, Any] | None], stack: str = "production") -> StackDiff:
    """What such a change does to the environment."""
    return compare(stack, environment(), changed(environment(), inputs))


def review() -> Review:
    """Two stacks: one with changes of every kind that hurt and two findings, one that stays as it is."""
    production = diff(
        {
            f"{DEPLOYMENT} payments.api": {"spec": {"image": HOSTILE, "password": Secret.of("other")}},
            f"{DEPLOYMENT} payments.worker": None,
            f"{SUBNET} private-c": {"cidrBlock": "10.0.9.0/24"},
        }
    )
    urn = production.changes[0].resource.urn
    error = Finding(
        "capacity/fits-no-node", Severity.ERROR, urn, f"It says {HOSTILE}.", "Make it fit.", "infra/a.yaml", "a"
    )
    note = Finding("parity/missing", Severity.NOTE, "urn:elsewhere", "Staging has none.", "Add it there.")
    old = Finding("spot/grace-period", Severity.WARNING, urn, "It takes long.", "Be quick.", is_new=False)
    return Review(
        "origin/main",
        (
            StackReview(dataclasses.replace(production, cost=costs()), (error, note, old), notes=(HOSTILE,)),
            StackReview(diff({}, "staging")),
        ),
        ("The lock differs.",),
    )


def costs() -> Cost | None:
    """Of a cluster with a second NAT gateway, a hostile name and something without a price."""
    aws = resource("pulumi:providers:aws", "aws", {"region": "eu-west-1"})
    nat, more = (resource("aws:ec2/natGateway:NatGateway", name, {}) for name in ("nat", HOSTILE))
    database = resource("aws:rds/instance:Instance", "db", {})
    return cost(graph(aws, nat), graph(aws, nat, more, database), date(2026, 11, 21))


def extra() -> Extra:
    """Bars of which one is too full, and a matrix of which two cells change."""
    room = Amount(Fraction(4), Fraction(8 * 2**30), 110)
    same = {Cell("admin", right, team, "payments") for right in ("deploy", "administer") for team in ("payments",)}
    return Extra(
        groups=(Bar("general", Amount(Fraction(1), Fraction(2**30), 11), room),),
        teams=(Bar("payments", Amount(Fraction(5), Fraction(2**30), 11), room),),
        may_before=frozenset({*same, Cell("developer", "exec", "payments", "payments")}),
        may_now=frozenset({*same, Cell("developer", "read secrets", "payments", "payments")}),
    )


def large(number: int, *, is_new: bool = False) -> Review:
    """So many Deployments of fifty teams, changed or created."""

    def at(version: str) -> Graph:
        spec = {key: f"{key} {version}" for key in ("image", "replicas", "strategy", "paused")}
        made = (kubernetes(DEPLOYMENT, f"app-{n}", f"team-{n % 50}", spec=spec) for n in range(number))
        return graph(*made)

    diff = compare("production", None if is_new else at("old"), at("new"))
    assert len(diff.changes) == number
    return Review("HEAD", (StackReview(diff),))

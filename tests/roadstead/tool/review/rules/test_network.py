"""The ways out of pods and into them, judged by what is covered: however policies are written, named and split."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests.graphs import changed, deployment, graph, kubernetes, namespace, of_tier, resource
from tests.roadstead.tool.review.rules.table import Case

from roadstead.tool.offline.graph import Resource, Secret, Unknown
from roadstead.tool.review.change import Change, Kind, StackDiff
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.exposure.openings import newly_open
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.rules import protection, workload
from roadstead.tool.review.rules.network import findings

EIGHTHS = [f"{first}.0.0.0/8" for first in range(224)]


def policy(name: str = "web", pods: Any = None, **rules: Any) -> Resource:
    spec = {"podSelector": pods or {}, "policyTypes": ["Ingress", "Egress"], **rules}
    return kubernetes("NetworkPolicy", name, "payments", apiVersion="networking.k8s.io/v1", spec=spec)


def blocks(*cidrs: str, **block: Any) -> list[dict[str, Any]]:
    return [{"ipBlock": {"cidr": cidr, **block}} for cidr in cidrs]


def out(*cidrs: str, ports: list[int] | None = None) -> Resource:
    return policy(egress=[{"to": blocks(*cidrs), **({"ports": [{"port": port} for port in ports]} if ports else {})}])


def let_in(*peers: dict[str, Any]) -> Resource:
    return policy(ingress=[{"from": list(peers)}])


NAME = "kubernetes.io/metadata.name"
APP = "app.kubernetes.io/name"
LEDGER = (namespace("ledger"), deployment("app", namespace="ledger", container={"ports": [{"containerPort": 8080}]}))
PODS = (of_tier("production"), namespace(), deployment("web"), *LEDGER)


def of_app(namespace: str, app: str = "app") -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {NAME: namespace}}, "podSelector": {"matchLabels": {APP: app}}}


def reaching(*namespaces: str, name: str = "uses", **rule: Any) -> list[Resource]:
    """A policy by which web may call the app of some namespaces."""
    pods = {"matchLabels": {APP: "web"}}
    return [policy(name, pods, egress=[{"to": [of_app(each)], **rule} for each in namespaces])]


def serving(app: str) -> list[Resource]:
    """The Service of web, over the pods of some app."""
    spec = {"ports": [{"port": 80, "targetPort": "http"}], "selector": {APP: app}}
    return [kubernetes("Service", "web", "payments", spec=spec)]


def turned(old: list[Resource], new: list[Resource]) -> StackDiff:
    return compare("test", graph(*PODS, *old), graph(*PODS, *new))


def nat(*zones: str, used: int | None = None) -> list[Resource]:
    """A network of three zones with a NAT gateway in some, and what leads to them."""
    every = ("a", "b", "c")
    subnets = [resource("aws:ec2/subnet:Subnet", zone, {"availabilityZone": f"eu-west-1{zone}"}) for zone in every]
    gateways = [resource("aws:ec2/natGateway:NatGateway", f"nat-{zone}", {}) for zone in zones]
    routes = [
        resource("aws:ec2/route:Route", zone, {"natGatewayId": f"nat-{zones[number % (used or len(zones))]}"})
        for number, zone in enumerate(every)
    ]
    return [*subnets, *gateways, *routes]


CASES = [
    Case(
        "network/egress-anywhere",
        turned([policy()], [out("0.0.0.0/1", "128.0.0.0/1", ports=[443])]),
        turned([out("0.0.0.0/0")], [out("0.0.0.0/1", ports=[443])]),
        "Pods of payments/web may reach the whole internet on port 443",
        Severity.WARNING,
    ),
    Case(
        "network/wider-policy",
        turned([out("10.0.8.0/24")], [out("10.0.0.0/8")]),
        turned([out("10.0.8.0/24")], [out("10.0.9.0/24")]),  # moved
        "Pods of payments/web may reach 10.0.0.0/21, 10.0.9.0/24, 10.0.10.0/23, 10.0.12.0/22 and 12 more blocks",
        Severity.NOTE,
    ),
    Case(
        "network/not-isolated",
        turned([policy()], []),
        turned([policy("deny")], [policy("closed")]),
        "No network policy is about the incoming connections of payments/*, payments/web any more",
        Severity.WARNING,
    ),
    Case(
        "network/cut-off",
        turned([policy(), *reaching("ledger")], [policy(), *reaching()]),
        turned([policy(), *reaching("ledger")], [policy(), *reaching("ledger", name="other")]),  # by another policy
        "payments/web can no longer reach ledger/app on port 8080: the network policies that stay do not let it through.",
        Severity.WARNING,
    ),
    Case(
        "network/cut-off",
        turned(serving("web"), serving("api")),
        turned(serving("of-others"), serving("of-others")),
        "Service payments/web no longer leads to payments/web: its selector does not mean the labels of those pods",
    ),
    Case(
        "network/single-nat",
        turned(nat("a", "b", "c"), nat("a")),
        turned(nat("a"), nat("a", "b", "c")),
        "1 NAT gateway in use instead of 3 for 3 zones: with the loss of a zone every pod loses its way out.",
        Severity.WARNING,
    ),
]


def rules(diff: StackDiff) -> list[str]:
    return [said.rule for said in findings(diff) if isinstance(said, Finding)]


def opened(diff: StackDiff) -> list[Finding]:
    return [said for said in workload.findings(diff) if isinstance(said, Finding) and said.rule == workload.EXPOSED]


def test_gateways_that_no_route_leads_to_help_nobody() -> None:
    assert rules(turned(nat("a", "b", "c"), nat("a", "b", "c", used=1))) == ["network/single-nat"]


def test_a_zone_that_is_given_up_takes_its_gateway_along() -> None:
    two = [made for made in nat("a", "b") if made.name != "c"]
    assert rules(turned(nat("a", "b", "c"), two)) == []


@pytest.mark.parametrize(
    "old",
    [out("0.0.0.0/0"), out("0.0.0.0/1", "128.0.0.0/1"), policy(egress=[{}]), policy(egress=[{"to": blocks("0.0.0.0/0", **{"except": ["10.0.0.0/8"]})}])],
    ids=range(4),
)  # fmt: skip
def test_what_was_open_before_is_no_news_in_other_words(old: Resource) -> None:
    renamed = replace(out("0.0.0.0/0"), urn="urn:pulumi:test::project::kubernetes:some/v1:NetworkPolicy::x", name="x")
    assert "network/egress-anywhere" not in rules(turned([old], [renamed]))


def test_pods_that_no_policy_was_about_are_only_narrowed() -> None:
    assert rules(turned([], [out("0.0.0.0/0")])) == []
    assert opened(turned([], [let_in(*blocks("0.0.0.0/0"))])) == []


def test_a_policy_of_fewer_pods_leaves_the_others_open() -> None:
    narrower = policy(pods={"matchLabels": {"app.kubernetes.io/name": "other"}})
    assert rules(turned([policy()], [narrower])) == ["network/not-isolated"] * 2


def test_an_app_under_another_name_reaches_what_it_reached() -> None:
    old, new = (
        policy(name, {"matchLabels": {"app.kubernetes.io/name": name}}, egress=[{"to": blocks("0.0.0.0/0")}]) for name in ("web", "shop")
    )  # fmt: skip
    base, head = graph(namespace(), deployment("web"), old), graph(namespace(), deployment("shop"), new)
    assert rules(compare("test", base, head)) == []


def test_what_comes_new_and_reaches_everything_is_noted() -> None:
    new = policy("shop", {"matchLabels": {"app.kubernetes.io/name": "shop"}}, egress=[{"to": blocks("0.0.0.0/0")}])
    head = graph(*PODS, deployment("shop"), policy(), new)
    (there,) = findings(compare("test", graph(*PODS, policy()), head))
    assert isinstance(there, Finding)
    assert (there.rule, there.severity) == ("network/egress-anywhere", Severity.NOTE)


@pytest.mark.parametrize(
    ("peers", "whom"),
    [
        (blocks("0.0.0.0/0"), "anywhere"),
        (blocks("0.0.0.0/1", "128.0.0.0/1"), "anywhere"),
        (blocks(*EIGHTHS), "anywhere"),
        (blocks("::/1"), "anywhere"),
        (blocks("0.0.0.0/1"), "57 % of the internet"),
        (blocks("0.0.0.0/0", **{"except": ["0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/3"]}), ""),
        (blocks("10.0.0.0/8"), ""),
        ([{"namespaceSelector": {}}], "pods of every namespace"),
        (
            [{"namespaceSelector": {"matchExpressions": [{"key": NAME, "operator": "Exists"}]}}],
            "pods of every namespace",
        ),
        (
            [{"namespaceSelector": {"matchExpressions": [{"key": NAME, "operator": "NotIn", "values": ["x"]}]}}],
            "pods of every namespace",
        ),
        (
            [{"namespaceSelector": {"matchExpressions": [{"key": NAME, "operator": "NotIn", "values": []}]}}],
            "pods of every namespace",
        ),
        ([{"namespaceSelector": {"matchLabels": {NAME: "ledger"}}}], ""),
        ([{"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "prometheus"}}}], ""),
        ([{"podSelector": {}}], ""),
    ],
    ids=range(14),
)
def test_whom_a_policy_lets_in_is_what_it_covers(peers: list[dict[str, Any]], whom: str) -> None:
    there = [each.what for each in opened(turned([policy()], [let_in(*peers)]))]
    assert there == (
        [f"NetworkPolicy payments/web lets connections in from {whom}, which it did not before."] if whom else []
    )


def test_every_namespace_by_name_is_every_namespace() -> None:
    names = ["payments", "ledger", "shop"]
    others = [namespace(name) for name in names[1:]]
    two = [
        {"namespaceSelector": {"matchExpressions": [{"key": NAME, "operator": "In", "values": some}]}}
        for some in (names[:2], names[2:])
    ]
    assert opened(turned([policy(), *others], [let_in(two[0]), *others])) == []
    assert opened(turned([policy(), *others], [let_in(*two), *others]))


@pytest.mark.parametrize(
    "hidden", [Unknown(), Secret.of(1), {"cidr": "10.0.0.0/8"}, [{"to": blocks("everywhere")}]], ids=range(4)
)
def test_what_cannot_be_read_is_said_to_be_undecided(hidden: object) -> None:
    diff = turned([policy()], [policy(egress=hidden)])
    (missed,) = [said for said in findings(diff) if isinstance(said, Undecided)]
    assert missed.unread.resource.name == "payments.web"
    assert [said.rules for said in workload.findings(diff) if isinstance(said, Undecided)] == [(workload.EXPOSED,)]


def server(*cidrs: str) -> Resource:
    network = {"endpointPublicAccess": True, "publicAccessCidrs": list(cidrs)}
    return resource("aws:eks/cluster:Cluster", "live", {"name": "live", "vpcConfig": network})


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (["198.51.100.0/24"], EIGHTHS, "the whole internet"),
        (["198.51.100.0/24"], ["0.0.0.0/1", "128.0.0.0/1"], "the whole internet"),
        (["198.51.100.0/24"], ["64.0.0.0/2"], "28 % of the internet"),
        (["198.51.100.0/24"], ["198.51.100.0/24", "8.8.8.0/24"], "8.8.8.0/24"),
        (["198.51.100.0/24"], ["198.51.100.0/25", "198.51.100.128/25"], ""),
        (["0.0.0.0/0"], EIGHTHS, ""),
        (["8.8.8.0/24"], ["8.8.8.8/32"], ""),
    ],
    ids=range(7),
)
def test_the_api_server_answers_to_what_its_blocks_cover(old: list[str], new: list[str], said: str) -> None:
    there = opened(turned([server(*old)], [server(*new)]))
    assert [each.what for each in there] == (
        [f"The API server of live answers to {said}, which it did not before."] if said else []
    )
    assert [each.severity for each in there] == [Severity.ERROR if "internet" in said else Severity.WARNING] * len(
        there
    )


def half(name: str, cidr: str, port: int = 22) -> Resource:
    rule = {
        "type": "ingress",
        "securityGroupId": "sg-1",
        "fromPort": port,
        "toPort": port,
        "protocol": "tcp",
        "cidrBlocks": [cidr],
    }
    return resource("aws:ec2/securityGroupRule:SecurityGroupRule", name, rule)


def test_rules_of_a_security_group_count_together_whatever_resource_they_stand_in() -> None:
    first, second = half("first", "0.0.0.0/1"), half("second", "128.0.0.0/1")
    assert [each.what for each in opened(turned([], [first, second]))] == [
        "Security group rule first lets the whole internet in on ports 22 to 22, which it did not before."
    ]
    assert opened(turned([first, second], [half("both", "0.0.0.0/0")])) == []
    assert opened(turned([first], [half("first", "0.0.0.0/1", port=443)]))


def test_a_load_balancer_that_only_turns_inwards_is_no_news() -> None:
    def service(scheme: str) -> Resource:
        annotations = {"service.beta.kubernetes.io/aws-load-balancer-scheme": scheme}
        return kubernetes(
            "Service", "web", "payments", metadata={"annotations": annotations}, spec={"type": "LoadBalancer"}
        )

    assert opened(turned([service("internet-facing")], [service("internal")])) == []
    assert opened(turned([service("internal")], [service("internet-facing")]))


def test_an_ingress_under_another_name_takes_the_same_requests() -> None:
    old, new = (
        kubernetes("Ingress", name, "payments", spec={"rules": [{"host": "acme.example"}]}) for name in ("web", "shop")
    )
    assert opened(turned([old], [new])) == []


WRONG: list[Any] = [Unknown(), Secret.of(1), 7, -1.5, True, "x", [1], [{}], {"a": [1]}, None]


def holes(value: Any) -> Iterator[Any]:
    """A value in which each part in turn is something else."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from ({**value, key: hole} for hole in holes(item))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from ([*value[:number], hole, *value[number + 1 :]] for hole in holes(item))
    yield from WRONG


@pytest.mark.parametrize(
    "made",
    [
        policy(ingress=[{"from": [*blocks("0.0.0.0/1", **{"except": ["10.0.0.0/8"]}), {"namespaceSelector": {"matchExpressions": [{"key": NAME, "operator": "In", "values": ["a"]}]}}], "ports": [{"port": 80, "endPort": 90}]}]),
        deployment("web", container={"ports": [{"hostPort": 80}], "securityContext": {"capabilities": {"drop": ["ALL"]}, "runAsUser": 7}}),
        server("203.0.113.0/24"),
        half("first", "0.0.0.0/1"),
        kubernetes("Ingress", "web", "payments", spec={"rules": [{"host": "acme.example"}]}),
        kubernetes("Service", "web", "payments", spec={"type": "LoadBalancer", "selector": {"app": "web"}, "loadBalancerSourceRanges": ["10.0.0.0/8"]}),
        kubernetes("PodDisruptionBudget", "web", "payments", spec={"selector": {"matchLabels": {"a": "b"}}, "maxUnavailable": 1}),
    ],
    ids=lambda made: made.name,
)  # fmt: skip
def test_whatever_a_value_is_no_rule_breaks_on_it(made: Resource) -> None:
    for key in made.inputs:
        for hole in holes(made.inputs[key]) if key not in ("kind", "apiVersion") else ():
            other = replace(made, inputs={**made.inputs, key: hole})
            for base, head in ((made, other), (other, made)):
                diff = StackDiff("test", graph(*PODS, base), graph(*PODS, head), (Change(Kind.UPDATE, base, head),))
                list(findings(diff))
                list(protection.findings(diff))
                list(newly_open(diff.base, graph(*PODS, head)))


def one_way(name: str, way: str) -> Resource:
    spec = {"podSelector": {}, "policyTypes": [way], way.lower(): [{}]}
    return kubernetes("NetworkPolicy", name, "payments", apiVersion="networking.k8s.io/v1", spec=spec)


@pytest.mark.parametrize("way", ["Ingress", "Egress"])
def test_a_policy_that_closes_everything_may_go_only_where_others_isolate_in_that_direction(way: str) -> None:
    deny, others = policy("deny"), [one_way("in", "Ingress"), one_way("out", "Egress")]
    assert rules(turned([deny, *others], others)) == []
    assert (
        rules(turned([deny, *others], [changed(deny, metadata={"name": "d", "namespace": "payments"}), *others])) == []
    )
    left = [one_way("one", way)]
    (found,) = [each for each in findings(turned([deny, *left], left)) if isinstance(each, Finding)]
    lost = "outgoing" if way == "Ingress" else "incoming"
    assert (found.rule, f"the {lost} connections of payments/*, payments/web" in found.what) == (
        "network/not-isolated",
        True,
    )

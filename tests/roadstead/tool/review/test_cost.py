"""What stacks cost, worked out by hand. Prices of eu-west-1, a month of 730 hours."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.graphs import changed, deployment, graph, kubernetes, namespace, node_group, resource

from roadstead.facts.prices import UNITS, Kind, price
from roadstead.tool.offline.graph import Graph, Resource, Secret, Unknown
from roadstead.tool.review.cost.bill import NO_MONEY, Bill, Cost, Span, bill, cost, in_cents
from roadstead.tool.review.cost.line import Line
from roadstead.tool.review.reports import money

TODAY = date(2026, 11, 21)
CLASS = kubernetes(
    "StorageClass", "gp3", provisioner="ebs.csi.aws.com", parameters={"type": "gp3"},
    metadata={"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
)  # fmt: skip


def provider(region: Any = "eu-west-1") -> Resource:
    return resource("pulumi:providers:aws", "aws", {"region": region})


def group(name: str = "general", disk: dict[str, Any] | None = None, **more: Any) -> tuple[Resource, Resource]:
    """A node group and its launch template."""
    ebs = {"volumeSize": 50, "volumeType": "gp3"} if disk is None else disk
    template = resource("aws:ec2/launchTemplate:LaunchTemplate", name, {"blockDeviceMappings": [{"ebs": ebs}]})
    return template, replace(node_group(name, **more), property_dependencies={"launchTemplate": (template.urn,)})


def stack(*resources: Resource, region: Any = "eu-west-1") -> Bill:
    return bill(graph(provider(region), namespace(), CLASS, *resources), TODAY)


def service(**spec: Any) -> Resource:
    return kubernetes("Service", "web", "payments", spec=spec)


def claim(size: str = "20Gi", **spec: Any) -> dict[str, Any]:
    return {"spec": {"resources": {"requests": {"storage": size}}, **spec}}


NAT, EIP = (resource(type_, "nat", {}) for type_ in ("aws:ec2/natGateway:NatGateway", "aws:ec2/eip:Eip"))
LARGE = group(least=2, most=3)
SPOT_TYPES = ("m7g.xlarge", "m6g.xlarge", "m8g.xlarge", "m7gd.xlarge", "m6gd.xlarge")
CASES = {
    # 0.10 an hour
    "a control plane": ([resource("aws:eks/cluster:Cluster", "main", {})], "73.00"),
    # 0.048 an hour
    "a NAT gateway": ([NAT], "35.04"),
    # 2 x 0.048 x 730
    "two NAT gateways": ([NAT, resource(NAT.type, "other", {})], "70.08"),
    # 0.005 an hour
    "a public IPv4 address": ([EIP], "3.65"),
    "a key": ([resource("aws:kms/key:Key", "k", {})], "1.00"),
    "a hosted zone": ([resource("aws:route53/zone:Zone", "z", {})], "0.50"),
    # m7g.large: 0.091 x 730 = 66.43; 50 GiB of gp3: 50 x 0.088 = 4.40; 2 and 3 times 70.83
    "nodes on demand": (LARGE, "141.66 to 212.49"),
    # the first type counts: m6g.large is 0.086, so 62.78 + 4.40 = 67.18
    "nodes of several types on demand": (group(least=1, most=1, instance_types=("m6g.large", "m7g.large")), "67.18"),
    # zones' means: m7g 0.0968, m6g 0.090867, m8g 0.094233, m7gd 0.110067, m6gd 0.1313; their mean 0.1046534 x 730 = 76.397
    "spot nodes": (group(spot=True, least=0, most=10, instance_types=SPOT_TYPES, disk={"volumeSize": 0}), "0.00 to 763.97"),
    # root volumes of gp2: 100 x 0.11, and 66.43
    "another root volume": (group(least=1, most=1, disk={"volumeSize": 100, "volumeType": "gp2"}), "77.43"),
    # 20 GiB x 0.088
    "a claim": ([kubernetes("PersistentVolumeClaim", "data", "payments", **claim())], "1.76"),
    # EBS has whole GiB: 1.5 GiB are 2
    "a claim of half a GiB": ([kubernetes("PersistentVolumeClaim", "data", "payments", **claim("1536Mi"))], "0.18"),
    # three pods, 3 x 20 x 0.088
    "a StatefulSet's claims": ([deployment(kind="StatefulSet", replicas=3, volumeClaimTemplates=[claim()])], "5.28"),
    "a gateway endpoint": ([resource("aws:ec2/vpcEndpoint:VpcEndpoint", "s3", {"vpcEndpointType": "Gateway"})], "0.00"),
    "a Service inside": ([service(type="ClusterIP")], "0.00"),
    "what is only read": ([replace(NAT, external=True)], "0.00"),
}  # fmt: skip


@pytest.mark.parametrize(("resources", "expected"), CASES.values(), ids=CASES)
def test_a_month_costs_what_it_costs_by_hand(resources: list[Resource], expected: str) -> None:
    found = stack(*resources)
    assert str(found.total) == expected
    assert found.lacks == ()


IN_VIRGINIA = {
    # 0.0225 an hour
    "a network balancer": ([service(type="LoadBalancer", loadBalancerClass="service.k8s.aws/nlb")], "16.43"),
    "a secret": ([resource("aws:secretsmanager/secret:Secret", "s", {})], "0.40"),
    # 3 subnets x 0.01 x 730
    "an interface endpoint": (
        [resource("aws:ec2/vpcEndpoint:VpcEndpoint", "ecr", {"vpcEndpointType": "Interface", "subnetIds": ["a", "b", "c"]})],
        "21.90",
    ),
    # m7g.large is 0.0816 there, gp3 0.08: 59.568 + 4
    "the same nodes": (group(least=1, most=1), "63.57"),
}  # fmt: skip


@pytest.mark.parametrize(("resources", "expected"), IN_VIRGINIA.values(), ids=IN_VIRGINIA)
def test_another_region_has_other_prices(resources: list[Resource], expected: str) -> None:
    found = stack(*resources, region="us-east-1")
    assert str(found.total) == expected
    assert found.lacks == ()


MISSING = {
    "a type": (group(least=1, most=1, instance_types=("m9g.large",)), "eu-west-1", "m9g.large in eu-west-1"),
    "a region": (group(least=1, most=1), "eu-south-9", "m7g.large in eu-south-9"),
    "one of several spot types": (
        group(spot=True, instance_types=("m7g.large", "m7a.large")), "eu-west-1", "m7a.large on spot in eu-west-1"),
    "a balancer": ([service(type="LoadBalancer", loadBalancerClass="service.k8s.aws/nlb")], "eu-west-1", "network load balancer in eu-west-1"),
    "a region that nobody knows": ([NAT], Unknown(), "nat gateway in a region that is not known"),
    "a number of nodes": ([changed(LARGE[1], scalingConfig=Unknown())], "eu-west-1", "how many there are of nodes of general"),
    "the types of nodes": ([changed(LARGE[1], instanceTypes=Unknown())], "eu-west-1", "nodes of general, whose types are not known"),
    "a root volume": ([node_group()], "eu-west-1", "the size of root volumes of general"),
    "a claim's class": (
        [kubernetes("PersistentVolumeClaim", "data", "payments", **claim(storageClassName="other"))],
        "eu-west-1", "a volume of class other, which the stack does not declare"),
    "a claim's size": ([kubernetes("PersistentVolumeClaim", "data", "payments", **claim("1e9"))], "eu-west-1", "the size of payments/data"),
    "a regional NAT gateway": ([changed(NAT, availabilityMode="regional")], "eu-west-1", "regional nat gateway in eu-west-1"),
    "pods whose requests are not known yet": (
        [deployment(container={"resources": {"requests": {"cpu": Unknown()}}})],
        "eu-west-1", "what Deployment payments.api costs, of which not everything can be seen"),
    "a database": ([resource("aws:rds/instance:Instance", "db", {})], "eu-west-1", "aws:rds/instance:Instance in eu-west-1"),
}  # fmt: skip


@pytest.mark.parametrize(("resources", "region", "lacks"), MISSING.values(), ids=MISSING)
def test_what_has_no_price_is_said_and_not_guessed(resources: list[Resource], region: Any, lacks: str) -> None:
    found = stack(*resources, region=region)
    assert lacks in found.lacks
    assert {line.unit_usd for line in found.lines if lacks in line.lacks} == {0}


def test_a_resources_own_region_and_its_providers_come_before_the_stacks() -> None:
    other = resource("pulumi:providers:aws", "other", {"region": "us-east-1"})
    there = replace(NAT, provider=other.urn)
    assert str(bill(graph(provider(), other, there), TODAY).total) == "32.85"
    assert str(bill(graph(provider(), changed(NAT, region="us-east-1")), TODAY).total) == "32.85"


def test_without_aws_there_is_nothing_to_say() -> None:
    local = graph(namespace(), service(type="LoadBalancer"))
    assert cost(local, local, TODAY) is None


def test_staging_costs_what_it_costs_by_hand(staging: Graph) -> None:
    """Control plane 73.00, NAT 35.04 and its address 3.65, four keys 4.00: 115.69.

    system: m7g.large 66.43 + 50 GiB 4.40 = 70.83, 2 to 3 of them: 141.66 to 212.49.
    spot: 76.397 + 4.40 = 80.797, 3 to 12 of them: 242.39 to 969.56.
    """
    found = bill(staging, TODAY)
    assert str(found.total) == "499.74 to 1,297.74"
    assert found.lacks == ()
    assert found.region == "eu-west-1"
    assert sum(span.least for span in found.teams.values()) == found.total.least
    assert set(found.teams) == {"platform", "data", "payments", "storefront"}


def test_production_has_a_price_for_everything(production: Graph) -> None:
    assert bill(production, TODAY).lacks == ()


def test_a_team_pays_for_the_part_of_the_nodes_that_its_pods_ask_for() -> None:
    """A node of m7g.large gives 1.93 cores and 8192 x 0.925 - 255 - 11 x 29 - 100 = 6903.6 MiB.

    payments asks for 2 x 193m of them, a fifth of the CPU, and 2 x 690.36 MiB, a fifth of the memory: a fifth of 70.83.
    """
    app = deployment(replicas=2, cpu="193m", memory=str(int(690.36 * 1024**2)))
    found = stack(*group(least=1, most=2), app)
    assert float(found.teams["payments"].least) == pytest.approx(70.83 / 5, abs=0.001)
    assert float(found.teams["payments"].most) == pytest.approx(70.83 / 5, abs=0.001)
    assert float(found.teams["platform"].most) == pytest.approx(2 * 70.83 - 70.83 / 5, abs=0.001)


def test_a_team_pays_nothing_for_nodes_that_its_pods_cannot_bear() -> None:
    taint = {"key": "CriticalAddonsOnly", "value": "true", "effect": "NO_SCHEDULE"}
    found = stack(*group(taints=[taint]), deployment(cpu="1"))
    assert found.teams["payments"].most == 0


def test_pods_that_ask_for_more_than_there_is_share_all_of_it_and_no_more() -> None:
    found = stack(*group(least=1, most=1), deployment(replicas=100, cpu="1", memory="8Gi"))
    assert found.teams["payments"] == found.total
    assert found.teams["platform"].most == 0


def test_what_is_in_a_teams_namespace_is_the_teams() -> None:
    found = stack(kubernetes("PersistentVolumeClaim", "data", "payments", **claim()))
    assert str(found.teams["payments"]) == "1.76"


def test_a_job_costs_at_the_most_alone() -> None:
    job = kubernetes("Job", "j", "payments", spec={"template": {"spec": {"containers": [{"name": "a", "resources": {"requests": {"cpu": "1"}}}]}}})  # fmt: skip
    found = stack(*group(least=1, most=1), job)
    assert found.teams["payments"].least == 0
    assert found.teams["payments"].most > 0


def test_other_instance_types_are_a_change() -> None:
    before, now = (
        graph(provider(), *group(least=2, most=3, instance_types=(type_,))) for type_ in ("m7g.large", "m6g.large")
    )
    found = cost(before, now, TODAY)
    assert found
    # 0.005 less an hour: 3.65 a node and month
    assert found.change().signed == "-7.30 to -10.95"
    assert found.change("platform") == found.change()


GROUPS = st.tuples(
    st.integers(0, 5), st.integers(0, 5), st.booleans(), st.sampled_from(["m7g.large", "m7g.xlarge", "c9z.huge"])
)
APPS = st.tuples(
    st.sampled_from(["payments", "data", "kube-system"]), st.integers(0, 9), st.sampled_from(["10m", "1", "40"]), st.sampled_from(["1Mi", "8Gi", "200Gi"])
)  # fmt: skip


@settings(max_examples=60)
@given(st.lists(GROUPS, max_size=3), st.lists(APPS, max_size=5))
def test_the_parts_are_the_whole_none_is_negative_and_more_nodes_are_never_cheaper(groups: Any, apps: Any) -> None:
    def made(more: int) -> Bill:
        resources: list[Resource] = [provider(), namespace(), namespace("data", "data"), NAT]
        for number, (least, on_top, spot, type_) in enumerate(groups):
            size = {"least": least + more, "most": least + on_top + more}
            resources += group(f"g{number}", spot=spot, instance_types=(type_,), **size)
        for number, (where, replicas, cpu, memory) in enumerate(apps):
            resources.append(deployment(f"a{number}", namespace=where, replicas=replicas, cpu=cpu, memory=memory))
        return bill(graph(*resources), TODAY)

    few, many = made(0), made(1)
    for found in (few, many):
        for end in ("least", "most"):
            assert sum(getattr(span, end) for span in found.teams.values()) == getattr(found.total, end)
            assert all(getattr(span, end) >= 0 for span in found.teams.values())
        assert found.total.least <= found.total.most
    assert few.total.least <= many.total.least
    assert few.total.most <= many.total.most


def test_every_flat_price_that_lines_ask_for_has_a_unit() -> None:
    found = stack(
        *(resource for resources, _ in (*CASES.values(), *IN_VIRGINIA.values()) for resource in resources),
        region="us-east-1",
    )
    assert {line.kind for line in found.lines} >= {"keys", "volumes", "load balancers", "interface endpoints"}
    assert all(line.prices for line in found.lines if not line.lacks)
    assert {name for name in UNITS if price("us-east-1", Kind.FLAT, name)} == set(UNITS)


def test_a_line_says_where_its_price_is_from() -> None:
    (line,) = [line for line in stack(NAT).lines if line.resource == NAT]
    assert isinstance(line, Line)
    assert line.prices[0].usd == Fraction("0.048")
    assert (line.prices[0].source, line.prices[0].date) == ("aws-offer-nat", "2026-09-25")


ALONE = st.sampled_from(
    [
        ("aws:ec2/natGateway:NatGateway", {}),
        ("aws:kms/key:Key", {}),
        ("aws:eks/cluster:Cluster", {"version": "1.33"}),
        ("aws:ebs/volume:Volume", {"size": 7, "type": "gp3", "iops": 3001}),
        ("aws:lb/loadBalancer:LoadBalancer", {"subnets": ["a", "b"]}),
        ("aws:eks/nodeGroup:NodeGroup", dict(node_group(least=1, most=4).inputs)),
        ("aws:rds/instance:Instance", {}),
    ]
)


@settings(max_examples=60)
@given(st.lists(ALONE, max_size=8), st.integers(0, 8))
def test_a_bill_of_two_stacks_is_the_bills_of_both(made: list[tuple[str, dict[str, Any]]], where: int) -> None:
    resources = [resource(type_, f"r{number}", inputs) for number, (type_, inputs) in enumerate(made)]
    one, other = (bill(graph(provider(), *part), TODAY) for part in (resources[:where], resources[where:]))
    assert bill(graph(provider(), *resources), TODAY).total == one.total.plus(other.total)
    assert set(bill(graph(provider(), *resources), TODAY).lacks) == {*one.lacks, *other.lacks}


@pytest.mark.parametrize("hidden", [Unknown(), Secret.of("x")], ids=["not known yet", "secret"])
def test_what_cannot_be_seen_stops_no_bill(hidden: Any) -> None:
    priced = [resources for resources, _ in (*CASES.values(), *IN_VIRGINIA.values())]
    every = [made for resources in (*priced, *(missing[0] for missing in MISSING.values())) for made in resources]
    for made in every:
        for key in made.inputs:
            if key not in ("kind", "apiVersion"):
                found = stack(changed(made, **{key: hidden}))
                assert found.total.least >= 0
                assert found.total.most >= 0


PRICED = [
    *LARGE,
    *(resource(type_, "r", {}) for type_ in ("aws:ec2/subnet:Subnet",)),
    resource("aws:eks/cluster:Cluster", "main", {"version": "1.30", "upgradePolicy": {"supportType": "STANDARD"}}),
    resource("aws:ebs/volume:Volume", "v", {"size": 7, "type": "io1", "iops": 3001}),
    resource("aws:ec2/natGateway:NatGateway", "nat", {"availabilityMode": "zonal"}),
    resource("aws:ec2/vpcEndpoint:VpcEndpoint", "s3", {"vpcEndpointType": "Gateway"}),
    resource(
        "aws:lb/loadBalancer:LoadBalancer", "lb", {"subnets": ["a"], "internal": True, "loadBalancerType": "network"}
    ),
]


OF_VIEWS = ("labels", "taints", "subnetIds")
"""What the view of node groups reads."""


@pytest.mark.parametrize("hidden", [Unknown(), Secret.of("x"), "?", [[]], {"a": []}], ids=repr)
@pytest.mark.parametrize("made", PRICED, ids=lambda made: made.type)
def test_what_cannot_be_read_and_decides_what_a_thing_costs_is_said(made: Resource, hidden: Any) -> None:
    before = stack(*PRICED)
    for key in made.inputs.keys() - OF_VIEWS:
        found = stack(*(changed(each, **{key: hidden}) if each is made else each for each in PRICED))
        assert found.total == before.total or (found.lacks, found.notes) != (before.lacks, before.notes), key


def test_nodes_whose_type_stands_in_their_launch_template_cost_what_it_costs() -> None:
    template, nodes = group(least=2, most=3)
    given = {**template.inputs, "instanceType": "m7g.large"}
    in_template = [replace(template, inputs=given), changed(nodes, instanceTypes=None)]
    assert str(stack(*in_template).total) == "141.66 to 212.49"
    hidden = replace(template, inputs={**given, "instanceType": Secret.of("m7g.large")})
    assert "nodes of general, whose types are not known" in stack(hidden, in_template[1]).lacks


def test_an_environment_variable_that_is_not_known_yet_hides_no_pod() -> None:
    app = deployment(container={"env": [{"name": "URL", "value": Unknown()}]}, cpu="1")
    found = stack(*LARGE, app)
    assert found.lacks == ()
    assert found.teams["payments"].least > 0


def test_what_goes_by_use_is_named_and_not_counted() -> None:
    found = stack(
        NAT, *(resource(type_, "r", {}) for type_ in ("aws:ecr/repository:Repository", "aws:s3/bucketV2:BucketV2"))
    )
    assert found.by_use == ("traffic", "images", "S3")
    assert str(found.total) == "35.04"


@settings(max_examples=100)
@given(st.lists(st.fractions(-1000, 1000, max_denominator=7919), min_size=1, max_size=9))
def test_the_cents_of_teams_add_up_to_those_of_all(parts: list[Fraction]) -> None:
    spans = {f"t{number}": Span(Fraction(0), part) for number, part in enumerate(parts)}
    before = Bill("", (), dict.fromkeys(spans, NO_MONEY))
    shown = money.rows(Cost(before, Bill("", (), spans)))
    cents = [Fraction(row.now.rpartition(" ")[2].replace(",", "")) for row in shown[1:]]
    assert sum(cents) == in_cents(sum(parts, Fraction(0)))
    assert all(abs(cent - part) < Fraction(1, 100) for cent, part in zip(cents, parts, strict=True))
    assert [row.change for row, part in zip(shown[1:], parts, strict=True) if not part] == ["0"] * parts.count(
        Fraction(0)
    )

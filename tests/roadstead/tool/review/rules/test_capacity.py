import pytest
from tests.graphs import deployment, graph, kubernetes, namespace, node_group, of_tier, only
from tests.roadstead.tool.review.rules.table import Case, found, only_findings

from roadstead.core.quantities import Amount, parse
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.capacity.plan import group_bars, plan, team_bars, zones_to_lose
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.rules.capacity import findings

NODE_CPU, NODE_MEMORY = "1930m", 7239  # of an m7g.large: 2 cores and 8 GiB less what the kubelet keeps
SPREAD = {
    "topologyKey": "topology.kubernetes.io/zone",
    "maxSkew": 1,
    "whenUnsatisfiable": "DoNotSchedule",
    "labelSelector": {"matchLabels": {"app.kubernetes.io/name": "api"}},
}
SPOT = {"tolerations": [{"key": "roadstead.dev/spot", "operator": "Exists"}]}
IN_ZONE_D = {
    "nodeAffinity": {
        "required": {
            "nodeSelectorTerms": [
                {
                    "matchExpressions": [
                        {"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["eu-west-1d"]}
                    ]
                }
            ]
        }
    }
}


def stack(*resources: object, tier: str = "staging") -> StackDiff:
    return only(graph(of_tier(tier), namespace(), *resources))  # type: ignore[arg-type]


def quota(cpu: str, memory: str = "1Gi", pods: int = 10) -> object:
    hard = {"requests.cpu": cpu, "requests.memory": memory, "pods": str(pods)}
    return kubernetes("ResourceQuota", "quota", "payments", spec={"hard": hard})


CASES = [
    Case(
        "capacity/fits-no-node",
        stack(node_group(), deployment(cpu="1931m")),
        stack(node_group(), deployment(cpu=NODE_CPU)),
        "asks for cpu 1931m, memory 128Mi and fits no node: the nodes that it may run on have at most general: cpu 1930m",
    ),
    Case(
        "capacity/replicas-find-no-place",
        stack(node_group(most=3), deployment(cpu="1200m", replicas=4)),
        stack(node_group(most=3), deployment(cpu="1200m", replicas=3)),
        "1 of 4 pods of payments/api find no place with every node group at its maximum",
    ),
    Case(
        "capacity/zone-loss-leaves-no-place",
        stack(node_group(most=3), deployment(cpu="1200m", replicas=3), tier="production"),
        stack(node_group(most=3), deployment(cpu="1200m", replicas=3), tier="staging"),
        "zone eu-west-1a lost",
    ),
    Case(
        "capacity/quotas-exceed-nodes",
        stack(node_group(most=1), quota("3"), tier="staging"),
        stack(node_group(most=1), quota("2500m"), tier="staging"),
        "promise more than 1.5 times what the node groups can give at their maximum: 3 of 1.93 cores",
    ),
]


@pytest.mark.parametrize(
    ("group", "app", "fits"),
    [
        (node_group(spot=True), deployment(), False),
        (node_group(spot=True), deployment(pod=SPOT), True),
        (node_group(labels={"disk": "fast"}), deployment(pod={"nodeSelector": {"disk": "slow"}}), False),
        (node_group(labels={"disk": "fast"}), deployment(pod={"nodeSelector": {"disk": "fast"}}), True),
        (node_group(taints=[{"key": "own", "effect": "PREFER_NO_SCHEDULE"}]), deployment(), True),
        (node_group(taints=[{"key": "own", "value": "a", "effect": "NO_EXECUTE"}]), deployment(), False),
        (node_group(), deployment(memory=f"{NODE_MEMORY}Mi"), False),
        (node_group(), deployment(memory="6903Mi"), True),
    ],
    ids=range(8),
)
def test_a_pod_fits_a_node_of_a_group_that_it_tolerates(group: object, app: object, fits: bool) -> None:
    assert (found(findings, stack(group, app), "capacity/fits-no-node") == []) is fits


def test_a_volume_in_a_zone_without_nodes_keeps_its_pod_from_running() -> None:
    claim = kubernetes("PersistentVolumeClaim", "data", "payments", spec={"volumeName": "disk"})
    app = deployment(pod={"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]})
    elsewhere = kubernetes("PersistentVolume", "disk", spec=IN_ZONE_D)
    anywhere = kubernetes("PersistentVolume", "disk", spec={})
    assert found(findings, stack(node_group(), claim, app, elsewhere), "capacity/fits-no-node")
    assert list(findings(stack(node_group(), claim, app, anywhere))) == []


def test_what_the_addons_run_on_every_node_is_reckoned_with() -> None:
    from tests.graphs import resource

    addon = resource("aws:eks/addon:Addon", "vpc-cni", {"addonName": "vpc-cni"})
    assert found(findings, stack(node_group(), addon, deployment(cpu=NODE_CPU)), "capacity/fits-no-node")
    assert list(findings(stack(node_group(), addon, deployment(cpu="1880m")))) == []


def test_a_namespaces_defaults_count_for_containers_that_ask_for_nothing() -> None:
    limits = {"type": "Container", "defaultRequest": {"cpu": "4", "memory": "1Gi"}}
    defaults = kubernetes("LimitRange", "limits", "payments", spec={"limits": [limits]})
    silent = deployment(container={"resources": {}})
    assert found(findings, stack(node_group(), defaults, silent), "capacity/fits-no-node")
    assert list(findings(stack(node_group(), silent))) == []


def test_a_pods_largest_step_before_it_starts_counts() -> None:
    migration = {"name": "migrate", "resources": {"requests": {"cpu": "3"}}}
    assert found(
        findings, stack(node_group(), deployment(pod={"initContainers": [migration]})), "capacity/fits-no-node"
    )


def test_a_scalers_most_replicas_are_what_must_fit() -> None:
    target = {"kind": "Deployment", "name": "api", "apiVersion": "apps/v1"}
    scaler = kubernetes(
        "HorizontalPodAutoscaler",
        "api",
        "payments",
        spec={"scaleTargetRef": target, "minReplicas": 1, "maxReplicas": 9},
    )
    app = deployment(cpu="1200m", replicas=1)
    assert found(findings, stack(node_group(), app, scaler), "capacity/replicas-find-no-place")
    assert list(findings(stack(node_group(), app))) == []


def test_pods_that_must_spread_evenly_need_room_in_every_zone() -> None:
    one_zone_is_small = [
        node_group("wide", zones=["eu-west-1a"], instance_types=["m7g.2xlarge"], most=3),
        node_group("narrow", zones=["eu-west-1b"], most=1),
    ]
    spread = {"topologySpreadConstraints": [SPREAD]}
    app = deployment(cpu="1500m", replicas=4, pod=spread)
    (finding,) = only_findings(findings(stack(*one_zone_is_small, app)))
    assert (finding.rule, "1 of 4" in finding.what) == ("capacity/replicas-find-no-place", True)
    assert list(findings(stack(*one_zone_is_small, deployment(cpu="1500m", replicas=4)))) == []


def test_of_zones_that_are_alike_one_is_enough_to_look_at(production: Graph) -> None:
    assert zones_to_lose(plan(production)) == ["eu-west-1a"]


def test_findings_name_the_file_and_the_key_where_the_program_is_ours(production: Graph) -> None:
    from tests.graphs import changed

    (app,) = [made for made in production.of_type("kubernetes:apps/v1:Deployment") if made.name == "payments.api"]
    spec = dict(app.inputs["spec"])
    pod = spec["template"]["spec"]
    greedy = {**pod["containers"][0], "resources": {"requests": {"cpu": "64", "memory": "1Gi"}}}
    spec["template"] = {**spec["template"], "spec": {**pod, "containers": [greedy]}}
    resources = {**production.resources, app.urn: changed(app, spec=spec)}
    head = Graph(production.project, production.stack, resources, {})
    (finding,) = only_findings(findings(only(head)))
    assert (finding.file, finding.key) == ("infra/teams/payments.yaml", "apps.api")


def test_bars_say_how_full_teams_and_groups_are_at_their_most(staging: Graph) -> None:
    (payments,) = [bar for bar in team_bars(staging) if bar.name == "payments"]
    assert payments.taken == Amount(parse("3500m"), parse("7Gi"), 10)
    assert payments.room == Amount(parse("8"), parse("16Gi"), 40)
    groups = {bar.name: bar for bar in group_bars(plan(staging))}
    assert set(groups) == {"staging-system", "staging-spot"}
    # The apps have 30 pods, and on each of twelve nodes are those of five add-ons.
    assert groups["staging-spot"].taken.pods == 30 + 12 * 5
    assert groups["staging-spot"].room.pods == 12 * 58

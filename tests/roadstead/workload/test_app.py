import json
from typing import Any

import pytest
from tests.examples import smallest
from tests.support import ACCOUNT, DIGEST, REGION, deploy, refusal

from roadstead import App
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.change import Kind
from roadstead.tool.review.difference.compare import compare

DEPLOYMENT, SERVICE = "kubernetes:apps/v1:Deployment", "kubernetes:core/v1:Service"
SCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
BUDGET = "kubernetes:policy/v1:PodDisruptionBudget"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
IN_AWS = {"cluster_name": "live", "cluster_arn": f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/live"}
READS_S3 = [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::acme/*"]}]


def made(**changes: Any) -> Graph:
    return deploy(lambda: App("payments.api", smallest(App, **changes)))


def deployment(**changes: Any) -> dict[str, Any]:
    return dict(made(**changes).one(DEPLOYMENT).inputs["spec"])


def pod(**changes: Any) -> dict[str, Any]:
    return dict(deployment(**changes)["template"]["spec"])


def container(**changes: Any) -> dict[str, Any]:
    (found,) = pod(**changes)["containers"]
    return dict(found)


def test_the_image_is_named_by_its_digest() -> None:
    assert container()["image"] == f"registry.example.com/payments/api@{DIGEST}"


def test_objects_have_the_apps_name_in_its_namespace_and_the_common_labels() -> None:
    for object_ in made().of_type(DEPLOYMENT, SERVICE, SCALER, BUDGET, "kubernetes:core/v1:ServiceAccount"):
        assert object_.inputs["metadata"] == {
            "name": "api",
            "namespace": "payments",
            "labels": {
                "app.kubernetes.io/name": "api",
                "app.kubernetes.io/part-of": "payments",
                "app.kubernetes.io/managed-by": "roadstead",
            },
        }


def test_a_pod_is_restricted_without_being_asked() -> None:
    spec = pod()
    assert spec["automountServiceAccountToken"] is False
    assert spec["enableServiceLinks"] is False
    assert spec["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 65532,
        "runAsGroup": 65532,
        "fsGroup": 65532,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert container()["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_it_has_a_place_for_temporary_files() -> None:
    assert pod()["volumes"] == [{"name": "tmp", "emptyDir": {}}]
    assert container()["volumeMounts"] == [{"name": "tmp", "mountPath": "/tmp"}]


def test_it_asks_for_little_and_may_burst_to_twice_the_cpu_but_never_beyond_its_memory() -> None:
    assert container()["resources"] == {
        "requests": {"cpu": "100m", "memory": "128Mi"},
        "limits": {"cpu": "200m", "memory": "128Mi"},
    }
    assert container(cpu="1", memory="2Gi")["resources"]["limits"] == {"cpu": "2", "memory": "2Gi"}


@pytest.mark.parametrize(
    ("tier", "least", "most"), [("development", 1, 2), ("staging", 2, 4), ("production", 3, 9), (None, 3, 9)]
)
def test_how_many_pods_is_a_matter_of_the_tier(tier: str | None, least: int, most: int) -> None:
    scaler = made(tier=tier).one(SCALER).inputs["spec"]
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (least, most)


@pytest.mark.parametrize("most", [2, 5])
def test_a_scaler_owns_the_number_from_the_first_deployment_on(most: int) -> None:
    graph = made(replicas={"min": 2, "max": most})
    assert graph.one(DEPLOYMENT).inputs["spec"]["replicas"] == 2
    assert graph.one(DEPLOYMENT).ignore_changes == ("spec.replicas",)
    scaler = graph.one(SCALER).inputs["spec"]
    assert scaler["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"}
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (2, most)


@pytest.mark.parametrize(("before", "after"), [((3, 3), (3, 6)), ((3, 6), (3, 3)), ((2, 2), (4, 4)), ((2, 6), (3, 6))])
def test_whatever_becomes_of_the_number_only_the_scaler_changes(
    before: tuple[int, int], after: tuple[int, int]
) -> None:
    graphs = [made(replicas={"min": least, "max": most}) for least, most in (before, after)]
    changes = compare("dev", *graphs).changes
    assert [(change.kind, change.resource.type) for change in changes] == [(Kind.UPDATE, SCALER)]
    assert {changed.path for changed in changes[0].properties} <= {"spec.minReplicas", "spec.maxReplicas"}


@pytest.mark.parametrize("replicas", [{"min": 1, "max": 1}, {"min": 3, "max": 9}])
def test_its_budget_never_blocks_a_drain(replicas: dict[str, int]) -> None:
    budget = made(replicas=replicas).one(BUDGET).inputs["spec"]
    assert budget["maxUnavailable"] == 1
    assert "minAvailable" not in budget
    assert budget["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


def test_a_rollout_takes_no_pod_away_before_another_is_ready() -> None:
    assert deployment()["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0},
    }


@pytest.mark.parametrize(("tier", "otherwise"), [("production", "DoNotSchedule"), ("staging", "ScheduleAnyway")])
def test_pods_spread_over_zones_and_nodes(tier: str, otherwise: str) -> None:
    zones, nodes = pod(tier=tier)["topologySpreadConstraints"]
    assert (zones["topologyKey"], zones["whenUnsatisfiable"]) == ("topology.kubernetes.io/zone", otherwise)
    assert (nodes["topologyKey"], nodes["whenUnsatisfiable"]) == ("kubernetes.io/hostname", "ScheduleAnyway")
    for spread in (zones, nodes):
        assert spread["maxSkew"] == 1
        assert spread["labelSelector"] == {"matchLabels": {"app.kubernetes.io/name": "api"}}
        assert spread["matchLabelKeys"] == ["pod-template-hash"]


@pytest.mark.parametrize(
    ("tier", "spot", "tolerates", "rule"),
    [
        ("production", None, False, "required"),
        ("staging", None, True, "preferred"),
        ("development", None, True, "preferred"),
        ("production", "prefer", True, "preferred"),
        ("production", "allow", True, None),
        ("staging", "never", False, "required"),
    ],
)
def test_spot_is_a_matter_of_the_tier_unless_it_is_chosen(
    tier: str, spot: str | None, tolerates: bool, rule: str | None
) -> None:
    spec = pod(tier=tier, spot=spot)
    assert [bears["key"] for bears in spec.get("tolerations", [])] == (["roadstead.dev/spot"] if tolerates else [])
    affinity = spec.get("affinity", {}).get("nodeAffinity", {})
    assert [key.removesuffix("DuringSchedulingIgnoredDuringExecution") for key in affinity] == ([rule] if rule else [])


def test_an_app_that_listens_has_an_address_and_leaves_it_before_it_stops() -> None:
    service = made().one(SERVICE).inputs["spec"]
    assert service["selector"] == {"app.kubernetes.io/name": "api"}
    assert service["ports"] == [{"name": "app", "port": 80, "targetPort": "app"}]
    assert container()["ports"] == [{"name": "app", "containerPort": 8080}]
    assert container()["lifecycle"] == {"preStop": {"sleep": {"seconds": 10}}}


def test_its_address_is_an_output() -> None:
    seen: list[Any] = []

    def program() -> None:
        App("payments.api", smallest(App)).url.apply(seen.append)
        App("payments.worker", smallest(App, app="worker", port=None, health_command=["ok"])).url.apply(seen.append)

    deploy(program)
    assert sorted(seen, key=str) == [None, "http://api.payments"]


def test_an_app_that_does_not_listen_has_no_service() -> None:
    graph = made(port=None, health_command=["bin/alive"])
    assert not graph.of_type(SERVICE)
    (only,) = graph.one(DEPLOYMENT).inputs["spec"]["template"]["spec"]["containers"]
    assert "ports" not in only
    assert "readinessProbe" not in only
    assert only["livenessProbe"]["exec"] == {"command": ["bin/alive"]}


def test_readiness_is_honest_and_liveness_is_not_so_that_a_lost_dependency_kills_no_pod() -> None:
    probes = container(health_path="/healthz")
    assert probes["readinessProbe"]["httpGet"] == {"path": "/healthz", "port": "app"}
    assert probes["startupProbe"]["httpGet"] == {"path": "/healthz", "port": "app"}
    assert probes["livenessProbe"]["tcpSocket"] == {"port": "app"}


def test_without_a_path_the_port_is_asked() -> None:
    assert container()["readinessProbe"]["tcpSocket"] == {"port": "app"}


@pytest.mark.parametrize(("grace", "total"), [(None, 55), (1, 11), (110, 120)])
def test_a_pod_stops_within_the_notice_of_a_spot_node(grace: int | None, total: int) -> None:
    assert pod(grace_seconds=grace)["terminationGracePeriodSeconds"] == total


def test_command_and_environment_are_handed_on() -> None:
    only = container(command=["serve", "--fast"], env={"B": "2", "A": "1"})
    assert only["command"] == ["serve", "--fast"]
    assert only["env"] == [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    assert not {"command", "env"} & set(container())


def test_an_app_without_connections_beyond_its_namespace_needs_no_policy_of_its_own() -> None:
    assert not made().of_type(POLICY)


def test_named_connections_open_on_both_sides() -> None:
    caller = made(uses=["storefront/catalog"]).one(POLICY).inputs["spec"]
    assert caller["egress"] == [
        {
            "to": [
                {
                    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "storefront"}},
                    "podSelector": {"matchLabels": {"app.kubernetes.io/name": "catalog"}},
                }
            ]
        }
    ]
    called = made(used_by=["storefront/web"]).one(POLICY).inputs["spec"]
    (rule,) = called["ingress"]
    assert rule["ports"] == [{"protocol": "TCP", "port": 8080}]
    assert rule["from"][0]["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "web"}}


def test_the_way_out_opens_for_the_named_blocks_and_ports() -> None:
    spec = made(egress=[{"cidr": "10.0.8.0/24", "ports": [5432]}]).one(POLICY).inputs["spec"]
    assert spec["egress"] == [
        {"to": [{"ipBlock": {"cidr": "10.0.8.0/24"}}], "ports": [{"protocol": "TCP", "port": 5432}]}
    ]
    assert spec["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "api"}}


def test_an_app_that_asks_for_rights_in_aws_gets_them_by_pod_identity_and_nothing_more() -> None:
    graph = made(**IN_AWS, aws_permissions=READS_S3, permissions_boundary_arn="arn:aws:iam::1:policy/b")
    association = graph.one("aws:eks/podIdentityAssociation:PodIdentityAssociation").inputs
    assert (association["namespace"], association["serviceAccount"]) == ("payments", "api")
    role = graph.one("aws:iam/role:Role").inputs
    assert role["permissionsBoundary"] == "arn:aws:iam::1:policy/b"
    (trust,) = json.loads(role["assumeRolePolicy"])["Statement"]
    assert trust["Condition"]["StringEquals"]["aws:RequestTag/kubernetes-service-account"] == "api"
    assert trust["Condition"]["StringEquals"]["aws:RequestTag/eks-cluster-arn"] == IN_AWS["cluster_arn"]
    assert json.loads(graph.one("aws:iam/rolePolicy:RolePolicy").inputs["policy"])["Statement"] == [
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::acme/*"]}
    ]


def test_its_way_to_the_agent_and_to_aws_opens_with_the_rights() -> None:
    spec = made(**IN_AWS, aws_permissions=READS_S3).one(POLICY).inputs["spec"]
    blocks = {rule["to"][0]["ipBlock"]["cidr"]: rule["ports"][0]["port"] for rule in spec["egress"]}
    assert blocks == {"169.254.170.23/32": 80, "0.0.0.0/0": 443}


@pytest.mark.parametrize("changes", [IN_AWS, {"aws_permissions": READS_S3}])
def test_without_rights_or_outside_aws_there_is_no_role(changes: dict[str, Any]) -> None:
    assert not [resource for resource in made(**changes).resources.values() if resource.type.startswith("aws:")]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"digest": "v1.2.3"}, "digest: no image digest; got 'v1.2.3'; expected 'sha256:' and 64 hexadecimal digits; a tag will not do"),
        ({"app": "API"}, "app: no DNS label; got 'API'"),
        ({"app": "a" * 41}, "expected at most 40"),
        ({"team": "-"}, "team: no DNS label; got '-'"),
        ({"port": 80}, "port: a port of root's; got 80; expected 1024 to 65535"),
        ({"port": 70000}, "port: no TCP port; got 70000; expected 1024 to 65535"),
        ({"port": None}, "health_command: missing for an app without a port; expected a command that ends with 0"),
        ({"port": None, "health_command": ["ok"], "health_path": "/"}, "health_path: set without a port"),
        ({"health_path": "healthz"}, "health_path: no path; got 'healthz'; expected a path that starts with '/'"),
        ({"cpu": "fast"}, "cpu: no amount of CPU; got 'fast'; expected cores, e.g. '250m' or '2'"),
        ({"cpu": 0.5}, "cpu: not text; got 0.5; expected text: write it in quotes, \"0.5\""),
        ({"memory": "1Zi"}, "memory: no amount of memory; got '1Zi'"),
        ({"replicas": {"min": 0, "max": 2}}, "replicas: no range; got '0 to 2'; expected 1 <= min <= max"),
        ({"replicas": {"min": 1, "max": 150_001}}, "replicas: no range; got '1 to 150001'; expected 1 <= min <= max <= 150000"),
        ({"replicas": {"min": 3, "max": 2}}, "replicas: no range; got '3 to 2'"),
        ({"replicas": {"min": 3}}, "replicas.max: missing key; expected a whole number"),
        ({"spot": "maybe"}, "spot: no such choice; got 'maybe'; expected one of prefer, allow, never"),
        ({"grace_seconds": 111}, "grace_seconds: no time to stop; got 111; expected 1 to 110"),
        ({"uses": ["catalog"]}, "uses.0: no app; got 'catalog'; expected namespace/app"),
        ({"egress": [{"cidr": "db", "ports": [1]}]}, "egress.0.cidr: no IPv4 network"),
        ({"egress": [{"cidr": "10.0.0.0/8", "ports": []}]}, "egress.0.ports: none; got []; expected at least one TCP port"),
        ({"egress": [{"cidr": "10.0.0.0/8", "ports": [0]}]}, "egress.0.ports.0: no TCP port; got 0"),
        ({"aws_permissions": [{"actions": ["*"], "resources": ["arn:x"]}]}, "aws_permissions.0.actions: no action that an app may have; got '*'"),
        ({"aws_permissions": [{"actions": ["iam:PassRole"], "resources": ["arn:x"]}]}, "aws_permissions.0.actions: no action that an app may have; got 'iam:PassRole'"),
        ({"aws_permissions": [{"actions": ["s3:GetObject"], "resources": ["*"]}]}, "aws_permissions.0.resources: all of the account; got '*' for s3:GetObject"),
        ({"aws_permissions": [{"actions": [], "resources": []}]}, "aws_permissions.0.resources: none; got []; expected at least one"),
        ({"cluster_name": "live"}, "cluster_arn: missing key; expected an ARN beside cluster_name"),
        ({"tier": "x"}, "tier: no such tier; got 'x'"),
    ],
)  # fmt: skip
def test_what_cannot_be_built_is_refused(changes: dict[str, Any], said: str) -> None:
    assert said in refusal(lambda: App("payments.api", smallest(App, **changes)))

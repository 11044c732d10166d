"""What each persona tries in a team's namespace, and what comes of it: written by hand, every cell.

The team is "shop"; its namespace may have what ALLOWED says. A cell holds the rule that refuses, or that RBAC does, or nothing
where it is admitted.
"""

from typing import Any, NamedTuple

from tests.cluster.support import container, pod
from tests.support import DIGEST

TEAM, OTHER_TEAM = "shop", "bank"
REGISTRY = "registry.example.com"
ALLOWED: dict[str, list[Any]] = {
    "images": [f"{REGISTRY}/shop/", f"{REGISTRY}/mirror/redis"],
    "hosts": ["shop.example.com", "*.shop.example.com"],
    "balancers": ["shared"],
    "priority_classes": ["shop-first"],
    "taints": ["shop.example.com/gpu"],
    "node_labels": ["shop.example.com/disk"],
    "egress": [{"cidr": "10.0.8.0/24", "ports": [5432, 6379]}],
    "ingress": ["10.0.0.0/20"],
}
IMAGE = f"{REGISTRY}/shop/web@{DIGEST}"
LABEL = "app.kubernetes.io/name"
ADMITTED, RBAC = "", "cannot"
"""RBAC's refusals say that somebody cannot do something."""


class Attempt(NamedTuple):
    """Something that is created, and what comes of it for the team's deployer, its developer, another team's deployer and the platform."""

    what: str
    body: dict[str, Any]
    deployer: str
    developer: str
    stranger: str
    platform: str


def template(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"labels": {LABEL: "web"}}, "spec": pod(**{"containers": [running()], **spec})["spec"]}


def running(**changes: Any) -> dict[str, Any]:
    return container(**{"image": IMAGE, **changes})


def body(kind: str, version: str, **rest: Any) -> dict[str, Any]:
    metadata = {"name": "web", "namespace": TEAM, **rest.pop("metadata", {})}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **rest}


def deployment(**spec: Any) -> dict[str, Any]:
    selector = {"matchLabels": {LABEL: "web"}}
    return body("Deployment", "apps/v1", spec={"selector": selector, "template": template(**spec)})


def stateful(**spec: Any) -> dict[str, Any]:
    return {**deployment(**spec), "kind": "StatefulSet"}


def job(**spec: Any) -> dict[str, Any]:
    return body("Job", "batch/v1", spec={"template": template(restartPolicy="Never", **spec)})


def cron_job(**spec: Any) -> dict[str, Any]:
    return body("CronJob", "batch/v1", spec={"schedule": "0 3 * * *", "jobTemplate": {"spec": job(**spec)["spec"]}})


def service(**spec: Any) -> dict[str, Any]:
    return body("Service", "v1", spec={"ports": [{"port": 80}], **spec})


def policy(name: str = "web", **spec: Any) -> dict[str, Any]:
    return body("NetworkPolicy", "networking.k8s.io/v1", metadata={"name": name}, spec={"podSelector": {}, **spec})


def budget(selected: str = "web", **spec: Any) -> dict[str, Any]:
    given = {"unhealthyPodEvictionPolicy": "AlwaysAllow", "selector": {"matchLabels": {LABEL: selected}}, **spec}
    return body("PodDisruptionBudget", "policy/v1", spec={key: item for key, item in given.items() if item is not None})


def ingress(host: str | None = "shop.example.com", *, annotations: Any = None, **spec: Any) -> dict[str, Any]:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    rule = {"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    rules = [{**rule, **({"host": host} if host else {})}]
    return body(
        "Ingress", "networking.k8s.io/v1", metadata={"annotations": annotations or {}}, spec={"rules": rules, **spec}
    )


def empty(**limits: Any) -> list[dict[str, Any]]:
    return [{"name": "tmp", "emptyDir": limits}]


def near(*expressions: dict[str, Any], **term: Any) -> dict[str, Any]:
    required = [{**({"matchExpressions": list(expressions)} if expressions else {}), **term}]
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": required}}}


def apart(**term: Any) -> dict[str, Any]:
    selected = {"labelSelector": {}, "topologyKey": "topology.kubernetes.io/zone", **term}
    return {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [selected]}}


def to(*peers: dict[str, Any], ports: Any = ({"port": 5432},)) -> dict[str, Any]:
    return {"policyTypes": ["Egress"], "egress": [{"to": list(peers), "ports": list(ports)}]}


def from_(*peers: dict[str, Any]) -> dict[str, Any]:
    return {"ingress": [{"from": list(peers)}]}


def block(cidr: str) -> dict[str, Any]:
    return {"ipBlock": {"cidr": cidr}}


def of(namespace: str) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}


def taint(key: str, effect: str = "NoSchedule") -> dict[str, Any]:
    return {"key": key, "operator": "Exists", "effect": effect}


def refused(what: str, made: dict[str, Any], rule: str) -> Attempt:
    """What the guard refuses, whoever asks; who may not even ask is told so by RBAC."""
    return Attempt(what, made, rule, RBAC, RBAC, rule)


def harmless(what: str, made: dict[str, Any]) -> Attempt:
    return Attempt(what, made, ADMITTED, RBAC, RBAC, ADMITTED)


ALB = "alb.ingress.kubernetes.io"
SPOT = "roadstead.dev/spot"
ATTEMPTS = [
    harmless("its own image", deployment()),
    harmless("its own image in a job", job()),
    harmless("its own image every night", cron_job()),
    harmless("an image that it was allowed", deployment(containers=[running(image=f"{REGISTRY}/mirror/redis:7")])),
    refused("another team's image", deployment(containers=[running(image=f"{REGISTRY}/bank/ledger")]), "pods/image"),
    refused("an image of the internet", deployment(containers=[running(image="nginx")]), "pods/image"),
    refused(
        "a repository whose name begins as an allowed one's does",
        deployment(containers=[running(image=f"{REGISTRY}/mirror/redis-exploit")]),
        "pods/image",
    ),
    refused(
        "another team's image before the own one starts",
        deployment(initContainers=[running(name="init", image=f"{REGISTRY}/bank/ledger")]),
        "pods/image",
    ),
    refused("another team's image in a stateful set", stateful(containers=[running(image="bank/ledger")]), "pods/image"),
    refused("another team's image in a job", job(containers=[running(image="bank/ledger")]), "pods/image"),
    refused("another team's image every night", cron_job(containers=[running(image="bank/ledger")]), "pods/image"),
    refused(
        "another team's image as a volume",
        deployment(volumes=[{"name": "ledger", "image": {"reference": f"{REGISTRY}/bank/ledger:1"}}]),
        "pods/image",
    ),
    harmless("a priority class that it was allowed", deployment(priorityClassName="shop-first")),
    refused("the priority of the cluster's own pods", deployment(priorityClassName="system-cluster-critical"), "pods/priority"),
    refused("the priority of a node's own pods", cron_job(priorityClassName="system-node-critical"), "pods/priority"),
    refused("a priority class of somebody else", deployment(priorityClassName="bank-first"), "pods/priority"),
    harmless("spot nodes", deployment(tolerations=[taint(SPOT)])),
    harmless("nodes that it was allowed", deployment(tolerations=[taint("shop.example.com/gpu")])),
    harmless("to stay on a node that is not ready", deployment(tolerations=[taint("node.kubernetes.io/not-ready", "NoExecute")])),
    refused("the nodes of the cluster's own pods", deployment(tolerations=[taint("CriticalAddonsOnly")]), "pods/toleration"),
    refused("every node", deployment(tolerations=[{"operator": "Exists"}]), "pods/toleration"),
    refused("to stay on a node that is drained", deployment(tolerations=[taint("node.kubernetes.io/unschedulable")]), "pods/toleration"),
    refused("spot nodes whatever is done to them", deployment(tolerations=[taint(SPOT, "NoExecute")]), "pods/toleration"),
    refused("a node by its name", deployment(nodeName="node-1"), "pods/node-name"),
    harmless("nodes of an architecture", deployment(nodeSelector={"kubernetes.io/arch": "arm64"})),
    harmless("nodes with a label that it was allowed", deployment(nodeSelector={"shop.example.com/disk": "fast"})),
    harmless(
        "nodes of a zone",
        deployment(affinity=near({"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["eu-west-1a"]})),
    ),
    refused("a node by its label", deployment(nodeSelector={"kubernetes.io/hostname": "node-1"}), "pods/node-labels"),
    refused(
        "the nodes of a group",
        deployment(affinity=near({"key": "eks.amazonaws.com/nodegroup", "operator": "In", "values": ["system"]})),
        "pods/node-labels",
    ),
    refused(
        "a node by the field of its name",
        deployment(affinity=near(matchFields=[{"key": "metadata.name", "operator": "In", "values": ["node-1"]}])),
        "pods/node-labels",
    ),
    harmless("zones apart from its own pods", deployment(affinity=apart())),
    refused("zones without other teams' pods", deployment(affinity=apart(namespaceSelector={})), "pods/others-pods"),
    refused("zones without one team's pods", deployment(affinity=apart(namespaces=["bank"])), "pods/others-pods"),
    harmless("a temporary volume of a size", deployment(volumes=empty(sizeLimit="1Gi"))),
    harmless("one in memory of a size", deployment(volumes=empty(medium="Memory", sizeLimit="64Mi"))),
    refused("a temporary volume as large as the disk", deployment(volumes=empty()), "pods/temporary-volume"),
    refused("a limit of nothing, which is none", deployment(volumes=empty(sizeLimit="0")), "pods/temporary-volume"),
    refused("a volume in memory of any size", deployment(volumes=empty(medium="Memory")), "pods/temporary-volume"),
    harmless("two minutes to stop", deployment(terminationGracePeriodSeconds=120)),
    refused("a day to stop", deployment(terminationGracePeriodSeconds=86400), "pods/stop-time"),
    harmless("an address within the cluster", service()),
    harmless("a name for each of its pods", service(clusterIP="None")),
    refused("an address of somebody else", service(externalIPs=["10.0.8.1"]), "services/external-address"),
    refused("a port of every node", service(type="NodePort"), "services/type"),
    refused("a load balancer", service(type="LoadBalancer"), "services/type"),
    refused("another name for another team's service", service(type="ExternalName", externalName="ledger.bank"), "services/type"),
    harmless("its database", policy(**to(block("10.0.8.0/24")))),
    harmless("one address of its database", policy(**to(block("10.0.8.7/32"), ports=[{"port": 6379}]))),
    harmless("an app of another team", policy(**to(of("bank")))),
    harmless("nothing more", policy(policyTypes=["Ingress", "Egress"])),
    harmless("itself to an app of another team", policy(**from_({**of("bank"), "podSelector": {"matchLabels": {LABEL: "till"}}}))),
    harmless("itself to load balancers", policy(**from_(block("10.0.1.0/24")))),
    refused("the way to everywhere", policy(egress=[{}]), "network-policies/opens"),
    refused("the way to the internet", policy(**to(block("0.0.0.0/0"))), "network-policies/opens"),
    refused("the way to another port of its database", policy(**to(block("10.0.8.0/24"), ports=[{"port": 22}])), "network-policies/opens"),
    refused("the way to all ports of its database", policy(**to(block("10.0.8.0/24"), ports=[])), "network-policies/opens"),
    refused(
        "the way to a range of ports of its database",
        policy(**to(block("10.0.8.0/24"), ports=[{"port": 5432, "endPort": 6000}])),
        "network-policies/opens",
    ),
    refused("the way to more than its database", policy(**to(block("10.0.0.0/16"))), "network-policies/opens"),
    refused("the way to the metadata of nodes", policy(**to(block("169.254.169.254/32"), ports=[{"port": 80}])), "network-policies/opens"),
    refused("the way to IPv6", policy(**to(block("::/0"))), "network-policies/opens"),
    refused("the way to all namespaces", policy(**to({"namespaceSelector": {}})), "network-policies/opens"),
    refused("the way to the cluster's own pods", policy(**to(of("kube-system"))), "network-policies/opens"),
    refused("itself to everybody", policy(ingress=[{}]), "network-policies/opens"),
    refused("itself to all namespaces", policy(**from_({"namespaceSelector": {}})), "network-policies/opens"),
    refused("itself to the internet", policy(**from_(block("0.0.0.0/0"))), "network-policies/opens"),
    harmless("one pod at a time may go", budget(maxUnavailable=1)),
    harmless("a quarter of its pods may go", budget(maxUnavailable="25%")),
    refused("none of its pods may go", budget(maxUnavailable=0), "disruption-budgets/blocks-drains"),
    refused("no part of its pods may go", budget(maxUnavailable="0%"), "disruption-budgets/blocks-drains"),
    refused("all of its pods must stay", budget(minAvailable="100%"), "disruption-budgets/blocks-drains"),
    refused("as many of its pods must stay as there are", budget(minAvailable=2), "disruption-budgets/blocks-drains"),
    refused(
        "a pod that never gets ready holds its node",
        budget(maxUnavailable=1, unhealthyPodEvictionPolicy=None),
        "disruption-budgets/unhealthy-pods",
    ),
    refused("two budgets hold one pod", budget("api", maxUnavailable=1), "disruption-budgets/second-budget"),
    refused("a budget holds all pods", budget(maxUnavailable=1, selector={}), "disruption-budgets/second-budget"),
    harmless("its own host", ingress()),
    harmless("a host below its own", ingress("pay.shop.example.com")),
    harmless("a group that it was allowed", ingress(annotations={f"{ALB}/group.name": "shared", f"{ALB}/target-type": "ip"})),
    refused("another team's host", ingress("bank.example.com"), "routes/host"),
    refused("a host that only ends as its own does", ingress("notshop.example.com"), "routes/host"),
    refused("every host", ingress(None), "routes/host"),
    refused("every host that nobody else has", ingress(defaultBackend={"service": {"name": "web", "port": {"number": 80}}}), "routes/host"),
    refused("the certificate of another team's host", ingress(tls=[{"hosts": ["bank.example.com"]}]), "routes/host"),
    refused("another team's load balancer", ingress(annotations={f"{ALB}/group.name": "bank"}), "routes/balancer"),
    refused(
        "conditions of its own on a shared balancer",
        ingress(annotations={f"{ALB}/group.name": "shared", f"{ALB}/conditions.web": "[]"}),
        "routes/balancer",
    ),
    refused("rights of another controller", ingress(annotations={"nginx.ingress.kubernetes.io/server-snippet": "x"}), "routes/balancer"),
    harmless("a secret of its own", body("Secret", "v1", stringData={"key": "value"})),
    refused(
        "a token that never ends",
        body("Secret", "v1", type="kubernetes.io/service-account-token", metadata={"annotations": {"kubernetes.io/service-account.name": "default"}}),
        "secrets/token",
    ),
    Attempt("a pod without a deployment", body("Pod", "v1", spec=template()["spec"]), RBAC, RBAC, RBAC, ADMITTED),
    Attempt("a pod with another team's image", body("Pod", "v1", spec=template(containers=[running(image="bank/ledger")])["spec"]), RBAC, RBAC, RBAC, "pods/image"),
    Attempt("a pod on a node by its name", body("Pod", "v1", spec=template(nodeName="node-1")["spec"]), RBAC, RBAC, RBAC, "pods/node-name"),
    Attempt("a larger quota", body("ResourceQuota", "v1", spec={"hard": {"pods": "1000"}}), RBAC, RBAC, RBAC, ADMITTED),
    Attempt("larger limits", body("LimitRange", "v1", spec={"limits": []}), RBAC, RBAC, RBAC, ADMITTED),
    Attempt("endpoints of its choice for a service", body("Endpoints", "v1", subsets=[]), RBAC, RBAC, RBAC, ADMITTED),
    Attempt(
        "slices of endpoints of its choice",
        body("EndpointSlice", "discovery.k8s.io/v1", addressType="IPv4", endpoints=[]),
        RBAC, RBAC, RBAC, ADMITTED,
    ),
    Attempt("a daemon on every node", {**deployment(), "kind": "DaemonSet"}, RBAC, RBAC, RBAC, ADMITTED),
    Attempt("a lease", body("Lease", "coordination.k8s.io/v1", spec={}), RBAC, RBAC, RBAC, ADMITTED),
]  # fmt: skip

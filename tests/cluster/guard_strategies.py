"""Random objects of a team, each good and bad in random places, in the form in which the API server takes them."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from tests.cluster.guard_table import (
    ALB,
    LABEL,
    REGISTRY,
    block,
    body,
    budget,
    cron_job,
    deployment,
    ingress,
    job,
    of,
    policy,
    running,
    service,
    stateful,
)

Bodies = SearchStrategy[dict[str, Any]]

IMAGES = st.sampled_from(
    [f"{REGISTRY}/shop/web:1", f"{REGISTRY}/shop/", f"{REGISTRY}/mirror/redis", f"{REGISTRY}/mirror/redis:7", f"{REGISTRY}/mirror/redis-x", f"{REGISTRY}/bank/ledger", "nginx", "shop/web"]
)  # fmt: skip
NAMESPACES = st.sampled_from(["shop", "bank", "kube-system", "kube-public", "default", "kubernetes"])
KEYS = st.sampled_from(
    [
        "kubernetes.io/arch",
        "kubernetes.io/hostname",
        "topology.kubernetes.io/zone",
        "shop.example.com/disk",
        "node-role",
    ]
)
TAINTS = st.sampled_from(
    [
        "roadstead.dev/spot",
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/memory-pressure",
        "CriticalAddonsOnly",
        "shop.example.com/gpu",
    ]
)
EFFECTS = st.sampled_from(["NoSchedule", "NoExecute", "PreferNoSchedule"])
BLOCKS = st.sampled_from(
    [
        "10.0.8.0/24",
        "10.0.8.128/25",
        "10.0.8.9/24",
        "10.0.8.1/32",
        "10.0.0.0/16",
        "10.0.0.0/20",
        "0.0.0.0/0",
        "10.0.9.0/24",
        "::/0",
        "fd00::/8",
        "169.254.169.254/32",
    ]
)
PORTS = st.fixed_dictionaries(
    {},
    optional={"port": st.sampled_from([5432, 6379, 22, "web"]), "protocol": st.sampled_from(["TCP", "UDP"])},
) | st.fixed_dictionaries({"port": st.just(5432), "endPort": st.just(6000)})
HOSTS = st.sampled_from(
    [
        "shop.example.com",
        "a.shop.example.com",
        "*.shop.example.com",
        "notshop.example.com",
        "bank.example.com",
        "*.example.com",
    ]
)
QUANTITIES = st.sampled_from(["0", "0Mi", "1", "64Mi", "1Gi", "100k", "0.5Gi"])


def parts(**fields: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    """Any of the fields."""
    return st.fixed_dictionaries({}, optional=fields)


@st.composite
def containers(draw: st.DrawFn, name: str) -> list[dict[str, Any]]:
    return [
        running(name=f"{name}{number}", image=image) for number, image in enumerate(draw(st.lists(IMAGES, max_size=3)))
    ]


@st.composite
def volumes(draw: st.DrawFn) -> list[dict[str, Any]]:
    kinds = st.one_of(
        st.fixed_dictionaries({"emptyDir": parts(sizeLimit=QUANTITIES, medium=st.just("Memory"))}),
        st.fixed_dictionaries({"image": st.fixed_dictionaries({"reference": IMAGES})}),
        st.just({"configMap": {"name": "web"}}),
    )
    return [{"name": f"v{number}", **each} for number, each in enumerate(draw(st.lists(kinds, max_size=3)))]


EXPRESSIONS = KEYS.map(lambda key: {"key": key, "operator": "Exists"})
FIELD = st.just({"key": "metadata.name", "operator": "In", "values": ["node-1"]})
TERMS = parts(
    matchExpressions=st.lists(EXPRESSIONS, min_size=1, max_size=2), matchFields=st.lists(FIELD, min_size=1, max_size=1)
)
POD_TERMS = st.fixed_dictionaries(
    {
        "topologyKey": st.sampled_from(["topology.kubernetes.io/zone", "kubernetes.io/hostname"]),
        "labelSelector": st.just({}),
    },
    optional={
        "namespaces": st.lists(NAMESPACES, min_size=1, max_size=2, unique=True),
        "namespaceSelector": st.sampled_from([{}, {"matchLabels": {"a": "b"}}]),
    },
)
REQUIRED, PREFERRED = (
    "requiredDuringSchedulingIgnoredDuringExecution",
    "preferredDuringSchedulingIgnoredDuringExecution",
)
NODE_AFFINITY = parts(**{
    REQUIRED: st.fixed_dictionaries({"nodeSelectorTerms": st.lists(TERMS, min_size=1, max_size=2)}),
    PREFERRED: st.lists(st.fixed_dictionaries({"weight": st.just(1), "preference": TERMS}), max_size=2),
})  # fmt: skip
POD_AFFINITY = parts(**{
    REQUIRED: st.lists(POD_TERMS, max_size=2),
    PREFERRED: st.lists(st.fixed_dictionaries({"weight": st.just(1), "podAffinityTerm": POD_TERMS}), max_size=2),
})  # fmt: skip
POD_FIELDS = parts(
    initContainers=containers("init"),
    volumes=volumes(),
    priorityClassName=st.sampled_from(["", "shop-first", "system-node-critical", "bank-first"]),
    tolerations=st.lists(
        st.builds(lambda key, effect: {"key": key, "operator": "Exists", "effect": effect}, TAINTS, EFFECTS)
        | st.just({"operator": "Exists"}),
        max_size=3,
    ),
    nodeName=st.sampled_from(["", "node-1"]),
    nodeSelector=st.dictionaries(KEYS, st.just("x"), max_size=1),
    affinity=parts(nodeAffinity=NODE_AFFINITY, podAffinity=POD_AFFINITY, podAntiAffinity=POD_AFFINITY),
    terminationGracePeriodSeconds=st.sampled_from([0, 30, 120, 121, 86400]),
)


@st.composite
def workloads(draw: st.DrawFn) -> dict[str, Any]:
    make = draw(st.sampled_from([deployment, stateful, job, cron_job]))
    named = draw(containers("app")) or [running()]
    made: dict[str, Any] = make(containers=named, **draw(POD_FIELDS))
    return made


SERVICES: Bodies = parts(
    type=st.sampled_from(["ClusterIP", "NodePort", "LoadBalancer"]),
    externalIPs=st.lists(st.sampled_from(["10.0.8.1", "192.0.2.1"]), max_size=2, unique=True),
).map(lambda spec: service(**spec)) | st.just(service(type="ExternalName", externalName="a.example.com"))

NAMED = NAMESPACES.map(of) | st.sampled_from(
    [{"namespaceSelector": {}}, {"namespaceSelector": {"matchLabels": {"a": "b"}}}, {"podSelector": {}}]
)
PEERS = st.lists(NAMED | BLOCKS.map(block), max_size=3)
POLICIES: Bodies = st.builds(
    lambda name, out, into: policy(name, egress=out, ingress=into),
    st.sampled_from(["web", "default-deny", "allow-dns-too"]),
    st.lists(parts(to=PEERS, ports=st.lists(PORTS, max_size=2)), max_size=2),
    st.lists(parts(**{"from": PEERS, "ports": st.lists(PORTS, max_size=2)}), max_size=2),
)
AMOUNTS = st.sampled_from([0, 1, 2, "0%", "00%", "1%", "25%", "100%"])
BUDGETS: Bodies = st.builds(
    lambda amounts, rest: budget(**{**amounts, **rest}),
    st.just({}) | AMOUNTS.map(lambda n: {"maxUnavailable": n}) | AMOUNTS.map(lambda n: {"minAvailable": n}),
    parts(
        unhealthyPodEvictionPolicy=st.sampled_from(["AlwaysAllow", "IfHealthyBudget", None]),
        selector=st.sampled_from([{}, None, {"matchLabels": {LABEL: "web"}}, {"matchLabels": {LABEL: "api"}}]),
    ),
)
ANNOTATIONS = parts(**{
    f"{ALB}/group.name": st.sampled_from(["shared", "bank"]),
    f"{ALB}/target-type": st.just("ip"),
    f"{ALB}/actions.web": st.just("{}"),
    "nginx.ingress.kubernetes.io/rewrite-target": st.just("/"),
    "example.com/note": st.just("ours"),
})  # fmt: skip
BACKEND = {"service": {"name": "web", "port": {"number": 80}}}
INGRESSES: Bodies = st.builds(
    lambda host, annotations, rest: ingress(host, annotations=annotations, **rest),
    HOSTS | st.none(),
    ANNOTATIONS,
    parts(tls=st.lists(parts(hosts=st.lists(HOSTS, max_size=2)), max_size=2), defaultBackend=st.just(BACKEND)),
)
SECRETS: Bodies = st.sampled_from(["Opaque", "kubernetes.io/service-account-token", "example.com/own"]).map(
    lambda kind: body(
        "Secret", "v1", type=kind, metadata={"annotations": {"kubernetes.io/service-account.name": "default"}}
    )
)
ANYTHING: Bodies = st.one_of(workloads(), SERVICES, POLICIES, BUDGETS, INGRESSES, SECRETS)

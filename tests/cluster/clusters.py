"""Random clusters and what is to run in them, as graphs: each keeps to nodes and labels of its own, so that many fit on one API server."""

from random import Random
from typing import Any

from tests.graphs import deployment, graph, kubernetes, node_group

from roadstead.tool.offline.graph import Graph, Resource

TYPES = ("c7g.large", "m7g.large", "r7g.large", "m7g.xlarge")
ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")
NAMESPACE = "capacity"
CASE = "example.com/case"


def cluster(number: int) -> Graph:
    """The random cluster of a number: one to three groups, one to six apps, some with volumes, and a load from far too little to too much."""
    random = Random(number)
    groups = [_group(random, number, index) for index in range(random.randint(1, 3))]
    apps = [_app(random, number, index) for index in range(random.randint(1, 6))]
    volumes = [made for index in range(len(apps)) for made in _volume(f"case-{number}-{index}")]
    return graph(*groups, *volumes, *apps)


def _keeps_data(app: str) -> list[str]:
    """The zones of an app's volume; none for most apps, which have no volume."""
    random = Random(app)
    return random.sample(ZONES, random.randint(1, 2)) if random.random() < 0.2 else []


def _volume(app: str) -> list[Resource]:
    """A volume that all pods of an app mount, and that only nodes of its zones can reach."""
    zones = _keeps_data(app)
    if not zones:
        return []
    shape = {"accessModes": ["ReadWriteMany"], "storageClassName": ""}
    reach = {"matchExpressions": [{"key": "topology.kubernetes.io/zone", "operator": "In", "values": zones}]}
    return [
        kubernetes(
            "PersistentVolume",
            app,
            spec={
                **shape,
                "capacity": {"storage": "1Gi"},
                "claimRef": {"namespace": NAMESPACE, "name": app},
                "nodeAffinity": {"required": {"nodeSelectorTerms": [reach]}},
                "nfs": {"server": "files.example.com", "path": "/"},
            },
        ),
        kubernetes(
            "PersistentVolumeClaim",
            app,
            NAMESPACE,
            spec={**shape, "volumeName": app, "resources": {"requests": {"storage": "1Gi"}}},
        ),
    ]


def _group(random: Random, number: int, index: int) -> Resource:
    spot = random.random() < 0.3
    return node_group(
        f"case-{number}-{index}",
        instance_types=[random.choice(TYPES)],
        zones=random.sample(ZONES, random.randint(1, 3)),
        most=random.randint(1, 6),
        spot=spot,
        labels={CASE: str(number), "disk": random.choice(["fast", "large"])},
        taints=[{"key": CASE, "value": str(number), "effect": "NO_SCHEDULE"}]
        + ([{"key": "loud", "value": "", "effect": "PREFER_NO_SCHEDULE"}] if random.random() < 0.2 else []),
    )


def _app(random: Random, number: int, index: int) -> Resource:
    name = f"case-{number}-{index}"
    pod: dict[str, Any] = {
        "nodeSelector": {CASE: str(number)},
        "tolerations": [{"key": CASE, "operator": "Exists"}],
    }
    if random.random() < 0.6:
        pod["tolerations"].append({"key": "roadstead.dev/spot", "operator": "Exists", "effect": "NoSchedule"})
    if random.random() < 0.15:
        pod["nodeSelector"]["disk"] = random.choice(["fast", "large"])
    affinity: dict[str, Any] = {}
    capacity = {"key": "eks.amazonaws.com/capacityType", "values": ["SPOT"]}
    if random.random() < 0.3:
        preference = {"matchExpressions": [{**capacity, "operator": "In"}]}
        affinity["preferredDuringSchedulingIgnoredDuringExecution"] = [{"weight": 100, "preference": preference}]
    if random.random() < 0.1:
        zone = {"key": "topology.kubernetes.io/zone", "operator": "In", "values": random.sample(ZONES, 2)}
        affinity["requiredDuringSchedulingIgnoredDuringExecution"] = {
            "nodeSelectorTerms": [{"matchExpressions": [zone]}]
        }
    if affinity:
        pod["affinity"] = {"nodeAffinity": affinity}
    if random.random() < 0.7:
        hard = random.choice(["DoNotSchedule", "ScheduleAnyway"])
        pod["topologySpreadConstraints"] = [
            _spread(name, "topology.kubernetes.io/zone", hard),
            _spread(name, "kubernetes.io/hostname", "ScheduleAnyway"),
        ]
    if _keeps_data(name):
        pod["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": name}}]
    return deployment(
        name,
        namespace=NAMESPACE,
        replicas=random.randint(1, 8),
        cpu=f"{random.choice([50, 100, 250, 300, 500, 700, 900, 1200, 1900])}m",
        memory=f"{random.choice([64, 128, 512, 700, 1024, 2048, 3000, 6000])}Mi",
        pod=pod,
    )


def _spread(name: str, key: str, when: str) -> dict[str, Any]:
    return {
        "topologyKey": key,
        "maxSkew": 1,
        "whenUnsatisfiable": when,
        "labelSelector": {"matchLabels": {"app.kubernetes.io/name": name}},
        "matchLabelKeys": ["pod-template-hash"],
        "nodeTaintsPolicy": "Honor",
    }

"""What a node group may be, without Pulumi."""

import re
from datetime import date
from typing import NotRequired

from typing_extensions import TypedDict

from roadstead.core.mending import did_you_mean
from roadstead.core.placement import SPOT_TAINT_KEY
from roadstead.core.problems import not_one_of, problem, spec
from roadstead.core.quantities import MOST_NODES
from roadstead.core.tags import label_problems
from roadstead.facts.instance_types import InstanceType, instance_types
from roadstead.facts.kubernetes_versions import MOST_BEHIND, minor
from roadstead.facts.node_images import DATA as IMAGES
from roadstead.facts.node_images import node_images

ON_DEMAND, SPOT = "on_demand", "spot"
DEFAULT_DISK_GIB = 50
FEWEST_SPOT_TYPES, MOST_TYPES = 4, 15
TAINT_EFFECTS = ("NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE")
MOST_TAINTS = 50
_RELEASE = re.compile(r"(\d+\.\d+)\.(\d{1,9})-(\d{8})", re.ASCII)


@spec
class TaintSpec(TypedDict):
    """A taint of the group's nodes, in EKS's words."""

    key: str
    """Key, e.g. "CriticalAddonsOnly"."""
    value: NotRequired[str]
    """Value. Default: empty."""
    effect: str
    """"NO_SCHEDULE", "PREFER_NO_SCHEDULE" or "NO_EXECUTE"."""


@spec
class NodeGroupSpec(TypedDict):
    """A managed node group: nodes of one size, spot or on-demand."""

    instance_types: list[str]
    """EC2 instance types in order of preference, all with the same vCPU, memory and architecture. On-demand: 1 to 15; spot: 4 to 15, so that one type's shortage does not empty the group."""
    capacity: NotRequired[str]
    """"on_demand" or "spot". Spot nodes carry the taint roadstead.dev/spot=true:NoSchedule. Default: "on_demand"."""
    min_size: int
    """Fewest nodes."""
    max_size: int
    """Most nodes. What lies between is for an autoscaler, which is not among the components yet."""
    disk_gib: NotRequired[int]
    """Size of a node's encrypted gp3 root volume in GiB, 20 to 16384. Default: 50."""
    labels: NotRequired[dict[str, str]]
    """Kubernetes labels of the nodes, none under kubernetes.io/, k8s.io/ or eks.amazonaws.com/. Default: none but EKS's own."""
    taints: NotRequired[list[TaintSpec]]
    """Taints of the nodes. Default: none; a spot group has its own in any case."""


def problems(group: NodeGroupSpec) -> list[str]:
    """What the types cannot say about a node group."""
    capacity = group.get("capacity", ON_DEMAND)
    found = not_one_of("capacity", "no such capacity", capacity, (ON_DEMAND, SPOT))
    found += _instance_type_problems(group["instance_types"], capacity)
    least, most = group["min_size"], group["max_size"]
    if not 0 <= least <= most <= MOST_NODES or not most:
        expected = f"0 <= min_size <= max_size <= {MOST_NODES} and at least one node"
        found.append(problem("min_size", "no range of sizes", f"{least} to {most}", expected))
    if not 20 <= group.get("disk_gib", DEFAULT_DISK_GIB) <= 16384:
        found.append(problem("disk_gib", "no size of a volume", group.get("disk_gib"), "20 to 16384"))
    for key, value in group.get("labels", {}).items():
        found += label_problems(f"labels.{key}", key, value)
    taints = group.get("taints", [])
    for index, taint in enumerate(taints):
        found += label_problems(f"taints.{index}", taint["key"], taint.get("value", ""), may_be_empty=True)
        if (taint["key"], taint["effect"]) in [(other["key"], other["effect"]) for other in taints[:index]]:
            found.append(problem(f"taints.{index}", "the same taint twice", taint["key"], "each key and effect once"))
        if taint["key"] == SPOT_TAINT_KEY:
            found.append(problem(f"taints.{index}", "a taint of ours", taint["key"], "capacity: spot, which has it"))
        found += not_one_of(f"taints.{index}.effect", "no such effect", taint["effect"], TAINT_EFFECTS)
    if len(taints) >= MOST_TAINTS:
        found.append(problem("taints", "too many", len(taints), f"fewer than {MOST_TAINTS}"))
    return found


def _instance_type_problems(names: list[str], capacity: str) -> list[str]:
    table = instance_types()
    unknown = [name for name in names if name not in table]
    if unknown:
        expected = "types of data/instance_types.json; `roadstead facts refresh` renews it"
        return [
            problem("instance_types", f"unknown instance type{did_you_mean(name, table)}", name, expected)
            for name in unknown
        ]

    found = []
    fewest = FEWEST_SPOT_TYPES if capacity == SPOT else 1
    if not fewest <= len(set(names)) <= MOST_TYPES or len(set(names)) != len(names):
        expected = f"{fewest} to {MOST_TYPES} different types"
        found.append(problem("instance_types", f"wrong number of types for {capacity}", names, expected))
    sizes = {name: table[name].size for name in names}
    if len(set(sizes.values())) > 1:
        got = "; ".join(f"{name}: {size}" for name, size in sizes.items())
        expected = "one vCPU, memory and architecture: the autoscaler reckons with one size a group"
        found.append(f"instance_types: mixed sizes or architectures; got {got}; expected {expected}")
    on_demand_only = [name for name in names if capacity == SPOT and not table[name].spot]
    if on_demand_only:
        found.append(problem("instance_types", "not sold as spot", on_demand_only, "types that EC2 sells as spot"))
    return found


def release_problems(path: str, release_version: str, kubernetes_version: str) -> list[str]:
    """Whether a node image release may run under a control plane: never newer, at most three minors older.

    https://kubernetes.io/releases/version-skew-policy/
    """
    known = node_images()
    match = _RELEASE.fullmatch(release_version)
    if match is None or not _is_day(match.group(3)):
        expected = f"e.g. {', '.join(known.values())}, as data/{IMAGES} has them"
        return [problem(path, "no node image release", release_version, expected)]
    newest = _RELEASE.fullmatch(known.get(match.group(1), ""))
    if newest and int(match.group(2)) > int(newest.group(2)) + _months(newest.group(3), match.group(3)):
        expected = f"a patch that {match.group(1)} has had by then; data/{IMAGES} has {newest.group(0)}"
        return [problem(path, "no such patch of Kubernetes", release_version, expected)]
    behind = minor(kubernetes_version) - minor(match.group(1))
    if 0 <= behind <= MOST_BEHIND:
        return []
    fitting = [
        image for version, image in known.items() if 0 <= minor(kubernetes_version) - minor(version) <= MOST_BEHIND
    ]
    named = f", e.g. {', '.join(fitting)}" if fitting else ""
    expected = f"a release of {kubernetes_version} or of the three minor versions before it{named}"
    return [problem(path, "does not fit the control plane", release_version, expected)]


def _months(earlier: str, later: str) -> int:
    """How many patches there may be between two days: one a month, and one out of turn; none where the second is no later.

    https://kubernetes.io/releases/patch-releases/
    """
    if later <= earlier:
        return 0
    first, last = date.fromisoformat(earlier), date.fromisoformat(later)
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _is_day(digits: str) -> bool:
    try:
        date.fromisoformat(digits)
    except ValueError:
        return False
    return True


def node_size(group: NodeGroupSpec) -> InstanceType:
    """The size that all nodes of a well-formed group share."""
    return instance_types()[group["instance_types"][0]]

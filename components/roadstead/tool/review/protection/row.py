"""What a row of the table of protection says."""

from collections.abc import Mapping
from dataclasses import dataclass

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.finding import Severity
from roadstead.tool.review.protection.ways import Way
from roadstead.tool.review.stacks import PRODUCTION
from roadstead.tool.review.views.tier import tier

Grade = Mapping[str, Severity]
"""How bad it is, by tier."""
GRAVE: Grade = {"development": Severity.NOTE, "staging": Severity.WARNING, "production": Severity.ERROR}
SERIOUS: Grade = {"development": Severity.NOTE, "staging": Severity.WARNING, "production": Severity.WARNING}
MODEST: Grade = {"development": Severity.NOTE, "staging": Severity.NOTE, "production": Severity.WARNING}
SLIGHT: Grade = {"development": Severity.NOTE, "staging": Severity.NOTE, "production": Severity.NOTE}


def graded(grade: Grade, graph: Graph) -> Severity:
    """How bad it is in a stack; where that does not say its tier, as bad as in production."""
    of_tier = tier(graph)
    return grade[of_tier if isinstance(of_tier, str) else PRODUCTION]


ADMISSION, PODS, NODES, DELETION, LOGS, ENCRYPTION, IMAGES, QUOTA, NETWORK, AVAILABILITY, CREDENTIALS = IDS = (
    "protection/admission",
    "protection/pods",
    "protection/nodes",
    "protection/deletion",
    "protection/logs",
    "protection/encryption",
    "protection/images",
    "protection/quota",
    "protection/network",
    "protection/availability",
    "protection/credentials",
)


@dataclass(frozen=True)
class Row:
    """A property, and which way it is weaker."""

    id: str
    subjects: tuple[str, ...]
    """Types of AWS's provider, kinds of Kubernetes, or `*`."""
    paths: tuple[str, ...]
    """`a.b`, `a[]` for each item of a list, `a[kept]` where an item that goes counts as absent too, `a.*` for each key likewise,
    `a{}` for what a text of JSON says, `{pod}` for the `spec` of a workload's pods; `(protect)` is an option of Pulumi."""
    way: Way
    says: str
    """The sentence, with `{old}`, `{new}`, `{lost}` and `{item}`."""
    do: str
    grade: Grade
    source: str
    instead: str = ""
    """The path of what holds where a property is absent, such as a pod's for a container."""
    but: tuple[str, ...] = ()
    """Keys that `*` leaves to other rows."""
    keys: tuple[str, ...] = ()
    """The key of the component's setting, where there is one."""


@dataclass(frozen=True)
class Guard:
    """A resource that protects another by being there."""

    id: str
    subject: str
    of: str
    """The path of what it guards; `(parent)` for what it belongs to, `(stack)` for the whole stack,
    `spec.selector` for the pods that it selects."""
    says: str
    do: str
    grade: Grade
    source: str
    is_kept: bool = False
    """Whether what it holds goes with it, so that one made anew in its place is a loss too."""

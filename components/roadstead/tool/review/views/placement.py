"""Where a pod may run: the taints that it bears, the nodes that it wants or would rather have, and how it spreads.

https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from roadstead.cluster.nodes import HOST_LABEL
from roadstead.tool.review.views.reading import Place
from roadstead.tool.review.views.selector import Requirement, Selector, requirements, selector
from roadstead.tool.review.views.whole import number, one_of, seen, text, whole

NO_SCHEDULE, NO_EXECUTE = "NoSchedule", "NoExecute"
KEEPS_OUT = (NO_SCHEDULE, NO_EXECUTE)


@dataclass(frozen=True)
class Taint:
    """What keeps pods away from a node."""

    key: str
    value: str
    effect: str
    """In Kubernetes' words."""


@dataclass(frozen=True)
class Toleration:
    """Taints that a pod bears; what it does not say may be anything."""

    key: str
    operator: str
    value: str
    effect: str

    def bears(self, taint: Taint) -> bool:
        """Whether a taint is one of them."""
        return (
            self.key in ("", taint.key)
            and self.effect in ("", taint.effect)
            and (self.operator == "Exists" or self.value == taint.value)
        )


@dataclass(frozen=True)
class Term:
    """Requirements of one node; a term without any takes no node."""

    labels: tuple[Requirement, ...]
    fields: tuple[Requirement, ...]

    def takes(self, labels: Mapping[str, str]) -> bool:
        """Whether a node with these labels meets all of them."""
        names = {"metadata.name": labels.get(HOST_LABEL, "")}
        return (
            bool(self.labels or self.fields)
            and all(requirement.is_met_by(labels) for requirement in self.labels)
            and all(requirement.is_met_by(names) for requirement in self.fields)
        )


@dataclass(frozen=True)
class Placement:
    """The nodes that are for a pod."""

    tolerations: tuple[Toleration, ...] = ()
    node_labels: frozenset[tuple[str, str]] = frozenset()
    """Its node selector."""
    required: tuple[Term, ...] | None = None
    """One of them must take the node; nothing where any node will do."""
    preferred: tuple[tuple[int, Term], ...] = ()
    """Each with its weight."""

    def tolerates(self, taints: Iterable[Taint]) -> bool:
        """Whether a pod bears every taint that would keep it out."""
        return all(self._bears(taint) for taint in taints if taint.effect in KEEPS_OUT)

    def unwanted(self, taints: Iterable[Taint]) -> int:
        """How many taints ask a pod to stay away without keeping it out."""
        return sum(not self._bears(taint) for taint in taints if taint.effect not in KEEPS_OUT)

    def _bears(self, taint: Taint) -> bool:
        return any(toleration.bears(taint) for toleration in self.tolerations)

    def wants(self, labels: Mapping[str, str]) -> bool:
        """Whether its node selector and required node affinity take a node with these labels."""
        if any(labels.get(key) != value for key, value in self.node_labels):
            return False
        return self.required is None or any(term.takes(labels) for term in self.required)

    def liking(self, labels: Mapping[str, str]) -> int:
        """The sum of the weights with which it prefers a node."""
        return sum(weight for weight, term in self.preferred if term.takes(labels))

    @property
    def names_hosts(self) -> bool:
        """Whether it tells nodes of one kind apart."""
        terms = (*(self.required or ()), *(term for _, term in self.preferred))
        return HOST_LABEL in dict(self.node_labels) or any(
            term.fields or any(requirement.key == HOST_LABEL for requirement in term.labels) for term in terms
        )


@dataclass(frozen=True)
class SpreadConstraint:
    """How evenly pods are spread.

    https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
    """

    key: str
    max_skew: int
    is_hard: bool
    min_domains: int
    selector: Selector
    label_keys: tuple[str, ...] = ()
    ignores_affinity: bool = False
    honours_taints: bool = False


@whole
def placement(spec: Place) -> Placement:
    """What the `spec` of a pod says of nodes."""
    affinity = spec.at("affinity", "nodeAffinity")
    required = affinity.at("requiredDuringSchedulingIgnoredDuringExecution")
    preferred = seen(affinity.at("preferredDuringSchedulingIgnoredDuringExecution").items())
    return Placement(
        seen(tolerations(spec.at("tolerations"))),
        frozenset(seen(spec.at("nodeSelector").labels()).items()),
        None if required.is_absent else tuple(_term(item) for item in seen(required.at("nodeSelectorTerms").items())),
        tuple((number(item.at("weight")), _term(item.at("preference"))) for item in preferred),
    )


@whole
def tolerations(place: Place) -> tuple[Toleration, ...]:
    """A list of tolerations."""
    return tuple(
        Toleration(
            seen(item.at("key").text()) or "",
            one_of(item.at("operator"), ("Exists", "Equal"), "Equal"),
            seen(item.at("value").text()) or "",
            seen(item.at("effect").text()) or "",
        )
        for item in seen(place.items())
    )


@whole
def spread_constraints(place: Place) -> tuple[SpreadConstraint, ...]:
    """A list of constraints."""
    return tuple(
        SpreadConstraint(
            text(item.at("topologyKey")),
            number(item.at("maxSkew")),
            one_of(item.at("whenUnsatisfiable"), ("DoNotSchedule", "ScheduleAnyway")) == "DoNotSchedule",
            number(item.at("minDomains"), 0),
            seen(selector(item.at("labelSelector"))),
            tuple(seen(item.at("matchLabelKeys").texts())),
            seen(item.at("nodeAffinityPolicy").text()) == "Ignore",
            seen(item.at("nodeTaintsPolicy").text()) == "Honor",
        )
        for item in seen(place.items())
    )


def _term(place: Place) -> Term:
    return Term(requirements(place.at("matchExpressions")), requirements(place.at("matchFields")))

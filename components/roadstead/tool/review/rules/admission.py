"""Whether the API server takes what is declared, and the pods that come of it: a pod that is refused comes up nowhere."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from roadstead.core.names import some
from roadstead.core.quantities import Amount
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.admission import form, limits
from roadstead.tool.review.admission.held import Violation, items
from roadstead.tool.review.admission.limits import Bounds, Container
from roadstead.tool.review.admission.pod_security import LATEST, LEVELS, OLDEST, PRIVILEGED, RESTRICTED, violations
from roadstead.tool.review.admission.pods import Template, templates
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.stacks import finding
from roadstead.tool.review.views.kubernetes_object import KubernetesObject, objects_of
from roadstead.tool.review.views.quota import quotas
from roadstead.tool.review.views.reading import Place, Unread
from roadstead.tool.review.views.workload import SERVING, workloads

POD_SECURITY, LIMIT_RANGE, RESOURCES, FORM = IDS = (
    "admission/pod-security",
    "admission/limit-range",
    "admission/resources",
    "admission/form",
)
NAMED = 4
"""How many violations a finding names before it only counts."""
_LABEL = "pod-security.kubernetes.io/enforce"

Said = Finding | Undecided
_Range = tuple[str | Unread, list[Bounds] | Unread]
"""The namespace of a LimitRange, and what it says of containers."""


def findings(diff: StackDiff) -> Iterator[Said]:
    """What the API server would refuse at the head."""
    graph = diff.head
    if graph is None:
        return
    namespaces = [*objects_of(graph, "Namespace")]
    limit_ranges = [*objects_of(graph, "LimitRange")]
    ranges = [(made.namespace, limits.container_bounds(made.place)) for made in limit_ranges]
    for namespace in namespaces:
        yield from _level(graph, namespace)
    for limit_range in limit_ranges:
        yield from _contradictions(graph, limit_range)
    yield from _beyond_quota(graph)
    yield from _of_wrong_form(graph)
    for template in templates(graph):
        yield from _security(graph, template, namespaces)
        yield from _resources(graph, template, ranges)


def _level(graph: Graph, namespace: KubernetesObject) -> Iterator[Finding]:
    level = _labels(namespace).at(_LABEL).text()
    if isinstance(level, str) and level not in LEVELS:
        what = f"Namespace {_plain_name(namespace)} asks for the Pod Security level {level!r}, which there is not: the API server refuses it."
        yield finding(
            graph,
            namespace.resource,
            POD_SECURITY,
            Severity.ERROR,
            what,
            f"Use one of {', '.join(LEVELS)}.",
            "pod_security",
        )


def _of_wrong_form(graph: Graph) -> Iterator[Said]:
    """Objects that are refused whatever else there is."""
    for made, said in form.wrong(graph):
        yield from (Undecided((FORM,), each) for each in said if isinstance(each, Unread))
        wrong = [each for each in said if isinstance(each, str)]
        if wrong:
            what = f"{made.kind} {made.resource.name} is refused by the API server: {some(wrong, NAMED)}."
            do = "Write it in the form that Kubernetes asks for."
            yield finding(graph, made.resource, FORM, Severity.ERROR, what, do)


def _plain_name(made: KubernetesObject) -> str:
    return made.resource.name if isinstance(made.name, Unread) else made.name


def _labels(namespace: KubernetesObject) -> Place:
    return namespace.place.at("metadata", "labels")


def _security(graph: Graph, template: Template, namespaces: Sequence[KubernetesObject]) -> Iterator[Said]:
    """Pods against the level of their namespace. The API server takes a Deployment, and refuses the pods that it makes.

    https://kubernetes.io/docs/concepts/security/pod-security-admission/
    """
    level, version = _asked_for(template.namespace, namespaces)
    if isinstance(level, Unread) or isinstance(version, Unread):
        # What every level admits need not be decided.
        if _is_refused_somewhere(template):
            yield Undecided((POD_SECURITY,), next(each for each in (level, version) if isinstance(each, Unread)))
        return
    # A level that there is not counts as the strictest.
    level = PRIVILEGED if level is None else level if level in LEVELS else RESTRICTED
    said = list(violations(template.spec, template.annotations, level, _minor(version)))
    yield from (Undecided((POD_SECURITY,), each) for each in said if isinstance(each, Unread))
    forbidden = [f"{each.reason} ({each.by})" for each in said if isinstance(each, Violation)]
    if forbidden:
        what = f"Pods of {template} are refused, so that no rollout comes up: Pod Security's level {level!r} of their namespace forbids {some(list(dict.fromkeys(forbidden)), NAMED)}."
        do = "Set in the security contexts of pod and containers what the level asks for."
        yield finding(graph, template.resource, POD_SECURITY, Severity.ERROR, what, do)


def _asked_for(
    name: str | Unread, namespaces: Sequence[KubernetesObject]
) -> tuple[str | Unread | None, str | Unread | None]:
    """The level that a namespace asks for, and the version of its rules; nothing where it is not the stack's."""
    if isinstance(name, Unread):
        return name, name
    for made in namespaces:
        if name == made.name:
            return _labels(made).at(_LABEL).text(), _labels(made).at(f"{_LABEL}-version").text()
    unread = next((made.name for made in namespaces if isinstance(made.name, Unread)), None)
    return unread, unread


def _is_refused_somewhere(template: Template) -> bool:
    return any(
        True for minor in (OLDEST, LATEST) for _ in violations(template.spec, template.annotations, RESTRICTED, minor)
    )


def _minor(version: str | None) -> int:
    minor = (version or "").removeprefix("v1.")
    return int(minor) if minor.isdecimal() else LATEST


def _contradictions(graph: Graph, limit_range: KubernetesObject) -> Iterator[Said]:
    for item in items(limit_range.place.at("spec", "limits")):
        said = list(limits.contradictions(item))
        yield from (Undecided((LIMIT_RANGE,), each) for each in said if isinstance(each, Unread))
        wrong = [each for each in said if isinstance(each, str)]
        if wrong:
            what = f"LimitRange {limit_range} contradicts itself, and the API server refuses it: {some(wrong, NAMED)}."
            do = "Let min, default request, default limit and max follow each other."
            yield finding(graph, limit_range.resource, LIMIT_RANGE, Severity.ERROR, what, do)


def _resources(graph: Graph, template: Template, ranges: Sequence[_Range]) -> Iterator[Said]:
    """Containers against their own limits, and against the LimitRanges of their namespace."""
    sure = [bounds for namespace, bounds in ranges if namespace == template.namespace]
    known = [each for bounds in sure if not isinstance(bounds, Unread) for each in bounds]
    yield from (Undecided((RESOURCES,), bounds) for bounds in sure if isinstance(bounds, Unread))
    for place in (*items(template.spec.at("initContainers")), *items(template.spec.at("containers"))):
        container = Container.read(place, known)
        if isinstance(container, Unread):
            yield Undecided((RESOURCES,), container)
        elif wrong := list(container.beyond(known)):
            what = f"Container {container.name} of {template} is refused, so that no rollout comes up: {some(wrong, NAMED)}."
            do = "Ask for no more than the limit, and stay within the LimitRange of the namespace."
            yield finding(graph, template.resource, RESOURCES, Severity.ERROR, what, do)
        else:
            yield from _perhaps_beyond(template, place, ranges)


def _beyond_quota(graph: Graph) -> Iterator[Finding]:
    """Namespaces whose pods ask for more than their quota at their fewest: the last ones are refused.

    https://kubernetes.io/docs/concepts/policy/resource-quotas/
    """
    for quota in quotas(graph):
        if isinstance(quota.hard, Unread) or quota.hard is None:
            continue
        own = [each for each in workloads(graph) if each.namespace == quota.namespace and each.kind in SERVING]
        asked = [
            (each.least, each.requests)
            for each in own
            if isinstance(each.least, int) and isinstance(each.requests, Amount)
        ]
        sums: dict[str, tuple[Fraction, Fraction]] = {
            "cpu": (sum((least * each.cpu for least, each in asked), Fraction(0)), quota.hard.cpu),
            "memory": (sum((least * each.memory for least, each in asked), Fraction(0)), quota.hard.memory),
            "pods": (Fraction(sum(least for least, _ in asked)), Fraction(quota.hard.pods)),
        }
        over = [f"{kind} {float(had / most):.1f} times" for kind, (had, most) in sums.items() if most and had > most]
        if over:
            what = f"Pods of namespace {quota.namespace} are refused: at their fewest replicas they ask for more than its quota ({some(over, NAMED)})."
            yield finding(graph, quota.resource, RESOURCES, Severity.ERROR, what, "Raise the quota, or ask for less.")


def _perhaps_beyond(template: Template, place: Place, ranges: Sequence[_Range]) -> Iterator[Undecided]:
    """A container that may be in the namespace of a LimitRange that it is beyond."""
    for namespace, bounds in ranges:
        unseen = next((each for each in (template.namespace, namespace) if isinstance(each, Unread)), None)
        if unseen and not isinstance(bounds, Unread):
            container = Container.read(place, bounds)
            if isinstance(container, Container) and any(container.beyond(bounds)):
                yield Undecided((RESOURCES,), unseen)
                return

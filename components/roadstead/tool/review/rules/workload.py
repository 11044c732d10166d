"""Whether what runs can be drained, watched and traced to a release, and whether it is open to the world."""

from collections.abc import Iterator, Sequence

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.exposure.dead import dead
from roadstead.tool.review.exposure.openings import newly_open
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.stacks import finding
from roadstead.tool.review.views.disruption_budget import Budget
from roadstead.tool.review.views.disruption_budget import budgets as every_budget
from roadstead.tool.review.views.image import registries, released
from roadstead.tool.review.views.limit_range import NO_DEFAULTS, container_defaults
from roadstead.tool.review.views.pod import Container
from roadstead.tool.review.views.reading import Unread
from roadstead.tool.review.views.workload import SERVING, Workload, declared

DRAIN, BUDGETS, PROBE, LIMIT, REGISTRY, PINNED, RELEASED, EXPOSED, DEAD = IDS = (
    "workload/budget-blocks-drain",
    "workload/two-budgets",
    "workload/no-probe",
    "workload/no-limit",
    "workload/foreign-registry",
    "workload/image-not-pinned",
    "workload/digest-not-released",
    "workload/newly-public",
    "workload/dead-service",
)
_OF_IMAGES = (REGISTRY, PINNED, RELEASED)


def findings(diff: StackDiff) -> Iterator[Finding | Undecided]:
    """What is wrong with the workloads at the head, and what is public there that was not at the base."""
    graph = diff.head
    if graph is None:
        return
    yield from budgets(graph)
    for workload in declared(graph):
        yield from _containers(graph, workload)
    yield from _dead(graph)
    if diff.is_compared:
        yield from _exposed(diff.base, graph)


def _dead(graph: Graph) -> Iterator[Finding | Undecided]:
    for said in dead(graph):
        if isinstance(said, Unread):
            yield Undecided((DEAD,), said)
            continue
        do = "Let the target port be one of the pods'."
        yield finding(graph, said.resource, DEAD, said.severity, f"{said.what}: whoever calls it gets no answer.", do)


def _exposed(base: Graph | None, graph: Graph) -> Iterator[Finding | Undecided]:
    for opening in newly_open(base, graph):
        if isinstance(opening, Unread):
            yield Undecided((EXPOSED,), opening)
            continue
        what, do = f"{opening.what}, which it did not before.", "Confirm that it is meant to be reached from there."
        yield finding(graph, opening.resource, EXPOSED, opening.severity, what, do, *opening.keys)


def budgets(graph: Graph) -> Iterator[Finding | Undecided]:
    """Budgets that let no pod go. With two over the same pods the API server refuses every eviction.

    https://kubernetes.io/docs/tasks/run-application/configure-pdb/
    """
    there = _by_namespace(graph)
    for workload in declared(graph):
        where, over = workload.namespace, []
        near = (*there.get(where, ()), *there.get(None, ())) if isinstance(where, str) else every_budget(graph)
        for budget in near:
            reaches = _reaches(budget, workload)
            if isinstance(reaches, Unread):
                yield Undecided((BUDGETS, DRAIN), reaches)
            elif reaches:
                over.append(budget)
        yield from _under(graph, workload, over)


def _by_namespace(graph: Graph) -> dict[str | None, list[Budget]]:
    """Budgets by namespace; under nothing those of which nobody knows where they are."""
    found: dict[str | None, list[Budget]] = {}
    for budget in every_budget(graph):
        found.setdefault(budget.namespace if isinstance(budget.namespace, str) else None, []).append(budget)
    return found


def _reaches(budget: Budget, workload: Workload) -> bool | Unread:
    """Whether a workload's pods are under a budget that may be in their namespace."""
    if isinstance(budget.selector, Unread):
        return budget.selector
    if isinstance(workload.labels, Unread):
        return workload.labels
    if not budget.selector.selects(workload.labels):
        return False
    return next((where for where in (budget.namespace, workload.namespace) if isinstance(where, Unread)), True)


def _under(graph: Graph, workload: Workload, over: Sequence[Budget]) -> Iterator[Finding | Undecided]:
    if len(over) > 1:
        names = " and ".join(budget.name for budget in over)
        what = f"The pods of {workload} are under {len(over)} disruption budgets ({names}): then none of them can be evicted."
        yield finding(graph, over[0].resource, BUDGETS, Severity.ERROR, what, "Keep one of them.")
    for budget in over:
        limit, least = budget.limit, workload.least
        if isinstance(limit, Unread):
            yield Undecided((DRAIN,), limit)
        elif isinstance(least, Unread):
            yield Undecided((DRAIN,), least)
        # Where nothing runs, nothing is in the way of a drain.
        elif limit and least and limit.allowed(least) < 1:
            what = f"The disruption budget of {workload} ({limit}) lets no pod go while there are {least}: a drain of its node never ends."
            do = "Use maxUnavailable: 1, or run more replicas than minAvailable."
            yield finding(graph, budget.resource, DRAIN, Severity.ERROR, what, do)


def _containers(graph: Graph, workload: Workload) -> Iterator[Finding | Undecided]:
    running, first = workload.pod.containers, workload.pod.first
    if isinstance(running, Unread):
        yield Undecided((LIMIT, *((PROBE,) if workload.kind in SERVING else ()), *_OF_IMAGES), running)
    if isinstance(first, Unread):
        yield Undecided(_OF_IMAGES, first)
    for container in () if isinstance(running, Unread) else running:
        if workload.kind in SERVING:
            yield from _probes(graph, workload, container)
        yield from _limits(graph, workload, container)
        yield from _image(graph, workload, container)
    for container in () if isinstance(first, Unread) else first:
        yield from _image(graph, workload, container)


def _probes(graph: Graph, workload: Workload, container: Container) -> Iterator[Finding | Undecided]:
    live, ports, ready = (container.has(key) for key in ("livenessProbe", "ports", "readinessProbe"))
    missing = [] if live else ["livenessProbe"]
    if ports is True and not ready:
        missing.append("readinessProbe")
    if missing:
        what = f"Container {container} of {workload} has no {' and no '.join(missing)}: nobody notices when it hangs or is not ready."
        do = "Give it one; an app gets its probes from port and health_path, or from health_command."
        yield finding(graph, workload.resource, PROBE, Severity.WARNING, what, do)
        return
    # Without ports nobody asks whether it is ready, and with a probe nobody asks for ports.
    missed = (live, ready if ports else None, None if ready is True else ports)
    yield from (Undecided((PROBE,), unread) for unread in missed if isinstance(unread, Unread))


def _limits(graph: Graph, workload: Workload, container: Container) -> Iterator[Finding | Undecided]:
    own, defaults = container.has_memory_limit, container_defaults(graph).get(workload.namespace, NO_DEFAULTS)
    by_default = defaults if isinstance(defaults, Unread) else "memory" in defaults.limits
    if own is True or by_default is True:
        return
    for unread in (own, by_default):
        if isinstance(unread, Unread):
            yield Undecided((LIMIT,), unread)
            return
    what = f"Container {container} of {workload} has no memory limit: a leak takes its node's other pods along."
    do = "Give it a limit, equal to its request."
    yield finding(graph, workload.resource, LIMIT, Severity.WARNING, what, do, "memory")


def _image(graph: Graph, workload: Workload, container: Container) -> Iterator[Finding | Undecided]:
    image, allowed = container.image, registries(graph)
    if isinstance(image, Unread):
        yield Undecided(_OF_IMAGES, image)
        return
    is_own = allowed.has(image.host)
    if is_own is False:
        what = (
            f"Container {container} of {workload} runs {image}, which is not from {', '.join(sorted(allowed.texts))}."
        )
        do = "Copy the image to the stack's own registry."
        yield finding(graph, workload.resource, REGISTRY, Severity.ERROR, what, do)
    elif isinstance(is_own, Unread):
        yield Undecided((REGISTRY, RELEASED), is_own)
    if image.digest is None:
        what = f"Container {container} of {workload} runs {image} without a digest: what it names can change."
        do = "Name the image by its digest, image@sha256:…."
        yield finding(graph, workload.resource, PINNED, Severity.ERROR, what, do)
    elif is_own is True:
        yield from _release(graph, workload, container, image.digest)


def _release(graph: Graph, workload: Workload, container: Container, digest: str) -> Iterator[Finding | Undecided]:
    file, is_there = f"infra/releases/{graph.stack}.yaml", released(graph).has(digest)
    if isinstance(is_there, Unread):
        yield Undecided((RELEASED,), is_there)
    elif is_there is False:
        what = f"Container {container} of {workload} runs {digest[:19]}…, which {file} does not name."
        do = f"Take a digest that {file} has, or release this one there first."
        yield finding(graph, workload.resource, RELEASED, Severity.ERROR, what, do)

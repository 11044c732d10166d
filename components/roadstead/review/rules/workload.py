"""Whether what runs can be drained, watched and traced to a release, and whether it is open to the world."""

import re
from collections.abc import Iterator, Sequence
from math import ceil

from roadstead.offline.graph import UNKNOWN, Graph
from roadstead.review.change import StackDiff
from roadstead.review.finding import Finding, Severity, Undecided
from roadstead.review.openings import newly_open
from roadstead.review.stacks import APP, finding
from roadstead.review.views.reading import Unread
from roadstead.review.workloads import SERVING, Body, Workload, containers, declared, objects, selects

DRAIN, BUDGETS, PROBE, LIMIT, REGISTRY, PINNED, RELEASED, EXPOSED = IDS = (
    "workload/budget-blocks-drain",
    "workload/two-budgets",
    "workload/no-probe",
    "workload/no-limit",
    "workload/foreign-registry",
    "workload/image-not-pinned",
    "workload/digest-not-released",
    "workload/newly-public",
)
_DIGEST = re.compile(r"@(sha256:[0-9a-f]{64})$")


def findings(diff: StackDiff) -> Iterator[Finding | Undecided]:
    """What is wrong with the workloads at the head, and what is public there that was not at the base."""
    graph = diff.head
    if graph is None:
        return
    running = declared(graph)
    yield from budgets(graph, running)
    defaulted = _namespaces_with_limits(graph)
    registries, released = _registries(graph), _released(graph)
    for workload in running:
        if workload.kind in SERVING:
            yield from _probes(graph, workload)
        yield from _limits(graph, workload, defaulted)
        for container in containers(workload):
            yield from _image(graph, workload, container, registries, released)
    if diff.is_compared:
        yield from _exposed(diff.base, graph)


def _exposed(base: Graph | None, graph: Graph) -> Iterator[Finding | Undecided]:
    for opening in newly_open(base, graph):
        if isinstance(opening, Unread):
            yield Undecided((EXPOSED,), opening)
            continue
        what, do = f"{opening.what}, which it did not before.", "Confirm that it is meant to be reached from there."
        yield finding(graph, opening.resource, EXPOSED, opening.severity, what, do, *opening.keys)


def budgets(graph: Graph, running: Sequence[Workload]) -> Iterator[Finding]:
    """Budgets that let no pod go. With two over the same pods the API server refuses every eviction.

    https://kubernetes.io/docs/tasks/run-application/configure-pdb/
    """
    there = list(objects(graph, "PodDisruptionBudget"))
    for workload in running:
        over = [
            (resource, body)
            for resource, body in there
            if body["metadata"].get("namespace", "default") == workload.namespace
            and selects(body["spec"].get("selector") or {}, workload.labels)
        ]
        if len(over) > 1:
            names = " and ".join(body["metadata"]["name"] for _, body in over)
            what = f"The pods of {workload} are under {len(over)} disruption budgets ({names}): then none of them can be evicted."
            yield finding(graph, over[0][0], BUDGETS, Severity.ERROR, what, "Keep one of them.")
        for resource, body in over:
            spec = body["spec"]
            # Where nothing runs, nothing is in the way of a drain.
            if workload.least and _allowed(spec, workload.least) < 1:
                limit = next(f"{key} {spec[key]}" for key in ("maxUnavailable", "minAvailable") if key in spec)
                what = f"The disruption budget of {workload} ({limit}) lets no pod go while there are {workload.least}: a drain of its node never ends."
                do = "Use maxUnavailable: 1, or run more replicas than minAvailable."
                yield finding(graph, resource, DRAIN, Severity.ERROR, what, do)


def _allowed(budget: Body, replicas: int) -> int:
    """How many of so many healthy pods may go. Percentages are rounded up, as the disruption controller does."""
    if "maxUnavailable" in budget:
        return _share(budget["maxUnavailable"], replicas)
    return replicas - _share(budget.get("minAvailable", 0), replicas)


def _share(value: int | str, replicas: int) -> int:
    text = str(value)
    return ceil(int(text[:-1]) * replicas / 100) if text.endswith("%") else int(text)


def _probes(graph: Graph, workload: Workload) -> Iterator[Finding]:
    for container in workload.pod["containers"]:
        missing = [] if container.get("livenessProbe") else ["livenessProbe"]
        if container.get("ports") and not container.get("readinessProbe"):
            missing.append("readinessProbe")
        if missing:
            what = f"Container {container['name']} of {workload} has no {' and no '.join(missing)}: nobody notices when it hangs or is not ready."
            yield finding(
                graph,
                workload.resource,
                PROBE,
                Severity.WARNING,
                what,
                "Give it one; an app gets its probes from port and health_path, or from health_command.",
            )


def _limits(graph: Graph, workload: Workload, defaulted: set[str]) -> Iterator[Finding]:
    for container in workload.pod["containers"] if workload.namespace not in defaulted else []:
        limits = (container.get("resources") or {}).get("limits") or {}
        if "memory" not in limits:
            what = f"Container {container['name']} of {workload} has no memory limit: a leak takes its node's other pods along."
            yield finding(
                graph,
                workload.resource,
                LIMIT,
                Severity.WARNING,
                what,
                "Give it a limit, equal to its request.",
                "memory",
            )


def _namespaces_with_limits(graph: Graph) -> set[str]:
    """Namespaces in which containers have a memory limit without asking."""
    return {
        body["metadata"].get("namespace", "default")
        for _, body in objects(graph, "LimitRange")
        for limit in body["spec"]["limits"]
        if limit["type"] == "Container" and "memory" in (limit.get("default") or {})
    }


def _registries(graph: Graph) -> set[str]:
    """The hosts that images may come from: the stack's own ECR, or where it has none, the one that its apps are given."""
    own = [made.computed.get("repositoryUrl") for made in graph.of_type("aws:ecr/repository:Repository")]
    given = [app.inputs.get("image") for app in graph.of_type(APP)]
    return {url.split("/")[0] for url in (own or given) if isinstance(url, str)}


def _released(graph: Graph) -> set[str]:
    """The digests that infra/releases names: an app gets its digest from there."""
    return {str(app.inputs["digest"]) for app in graph.of_type(APP) if "digest" in app.inputs}


def _image(
    graph: Graph, workload: Workload, container: Body, registries: set[str], released: set[str]
) -> Iterator[Finding]:
    image = str(container.get("image", ""))
    if UNKNOWN in image:
        return
    host = (
        image.split("/", maxsplit=1)[0]
        if "/" in image and ("." in image.split("/", maxsplit=1)[0] or ":" in image.split("/", maxsplit=1)[0])
        else "docker.io"
    )
    digest = _DIGEST.search(image)
    if registries and host not in registries:
        what = f"Container {container['name']} of {workload} runs {image}, which is not from {', '.join(sorted(registries))}."
        yield finding(
            graph, workload.resource, REGISTRY, Severity.ERROR, what, "Copy the image to the stack's own registry."
        )
    if digest is None:
        what = f"Container {container['name']} of {workload} runs {image} without a digest: what it names can change."
        yield finding(
            graph, workload.resource, PINNED, Severity.ERROR, what, "Name the image by its digest, image@sha256:…."
        )
    elif host in registries and released and digest.group(1) not in released:
        what = f"Container {container['name']} of {workload} runs {digest.group(1)[:19]}…, which infra/releases/{graph.stack}.yaml does not name."
        do = f"Take a digest that infra/releases/{graph.stack}.yaml has, or release this one there first."
        yield finding(graph, workload.resource, RELEASED, Severity.ERROR, what, do)

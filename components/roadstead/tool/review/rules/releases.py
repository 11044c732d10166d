"""A release against what is there: whether its image can be where it is looked for, and whether staging has run it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from roadstead.core.names import some
from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.stacks import APP, PRODUCTION, STAGING, finding
from roadstead.tool.review.views.image import Pinned
from roadstead.tool.review.views.reading import Place, Unread
from roadstead.tool.review.views.tier import tier
from roadstead.tool.review.views.workload import Workload, declared

ANOTHER, NEW, UNREHEARSED = IDS = (
    "releases/digest-of-another",
    "releases/new-repository",
    "releases/not-rehearsed",
)
REPOSITORY = "aws:ecr/repository:Repository"
NAMED = 3
"""How many repositories a sentence names before it only counts."""


class Release(NamedTuple):
    """An image that a stack would run and does not run at the base."""

    running: Workload
    image: Pinned
    is_new: bool
    """Whether what runs it is new as well."""


def findings(diff: StackDiff) -> Iterator[Finding | Undecided]:
    """Images in repositories that the same change makes: nobody can have pushed anything there yet."""
    if diff.head is None or not diff.is_compared:
        return
    made = _repositories(diff.head).keys() - _repositories(diff.base).keys()
    # That a repository which is made anew is empty, says `blast-radius/registry`.
    anew = {url for url, each in _repositories(diff.head).items() if diff.base and each.urn in diff.base.resources}
    into = []
    for release in releases(diff):
        if isinstance(release, Unread):
            yield Undecided((NEW,), release)
        elif release.image.repository in made - anew:
            into.append(release)
    if diff.base is None:
        yield from _new_stack(diff.head, into)
        return
    for release in into:
        what = f"{release.running} would run {_short(release.image)} from the repository {release.image.path}, which this change makes: it is empty, and the pull fails."
        before = sorted(image.path for image in _images(diff.base) if image.digest == release.image.digest)
        do = (
            f"Make the repository first, copy the image there from {before[0]}, and release it then."
            if before
            else "Make the repository first, without a release; push the image, and release it then."
        )
        yield _finding(diff.head, release, NEW, Severity.ERROR, what, do)


def across(diffs: Mapping[str, StackDiff]) -> Iterator[Finding | Undecided]:
    """Digests that are another app's, and what production runs that staging has not run before it."""
    at_base = {name: _images(diff.base) for name, diff in diffs.items()}
    before = frozenset().union(*at_base.values())
    at_head = frozenset().union(*(_images(diff.head) for diff in diffs.values()))
    for name, diff in diffs.items():
        if diff.head is None or diff.base is None:
            continue
        made = _repositories(diff.head).keys() - _repositories(diff.base).keys()
        known, of_tier = {image.digest for image in at_base[name]}, tier(diff.head)
        if isinstance(of_tier, Unread):
            yield Undecided((UNREHEARSED,), of_tier)
        for release in releases(diff):
            if isinstance(release, Unread):
                yield Undecided((ANOTHER, UNREHEARSED), release)
            elif found := _of_another(diff.head, release, before, at_head - before):
                # An empty repository is said once.
                yield from [found] if release.image.repository not in made else []
            elif others := _whose_it_runs(diff.base, release):
                what = f"{release.running} would run {_short(release.image)} from the repository {release.image.path}, the image of {some(others, NAMED)}, and its own one no more."
                do = f"Name the image of {release.running}; or confirm that both are to be one program."
                yield _finding(diff.head, release, ANOTHER, Severity.WARNING, what, do)
            # Of what is new altogether parity/app speaks.
            elif not release.is_new and release.image.digest not in known and of_tier == PRODUCTION:
                yield from _unrehearsed(diff.head, release, diffs)


def releases(diff: StackDiff) -> Iterator[Release | Unread]:
    """What would run and does not run under that name yet; what is the same at the base is not looked at."""
    base = {each.resource.urn: each for each in declared(diff.base)} if diff.base else {}
    for each in declared(diff.head) if diff.head else ():
        there = base.get(each.resource.urn)
        for image in each.pinned:
            if there is not None and image in there.pinned:
                continue
            if isinstance(image, Pinned):
                yield Release(each, image, there is None)
            elif there is None or each.resource != there.resource:
                yield image


def _of_another(graph: Graph, release: Release, before: frozenset[Pinned], beside: frozenset[Pinned]) -> Finding | None:
    """A digest that another repository has and this one has not, as far as any environment shows."""
    image = release.image
    own = {known.digest for known in before if known.is_beside(image)}
    if image.digest in own:
        return None
    for others, severity in ((before, Severity.ERROR), (beside, Severity.WARNING)):
        owners = {known.path for known in others if known.digest == image.digest and not known.is_beside(image)}
        # What has been pushed to both before is pushed to both again.
        apart = sorted(path for path in owners if not own & {known.digest for known in before if known.path == path})
        if apart and apart == sorted(owners):
            has = "that has it" if severity is Severity.ERROR else "that gets it too"
            what = f"{release.running} would run {_short(image)} from the repository {image.path}, and it is {some(apart, NAMED)} {has}: unless it was pushed to both, the pull fails."
            do = f"Name the digest of {image.path}; if it is the same image, copy it there first."
            return _finding(graph, release, ANOTHER, severity, what, do)
    return None


def _whose_it_runs(base: Graph, release: Release) -> list[str]:
    """Who else ran what comes from there, where a repository goes that nobody else ran from: a shared one is nobody's own."""
    urn, image = release.running.resource.urn, release.image
    there = [known for each in declared(base) if each.resource.urn == urn for known in each.pinned]
    had = [known for known in there if isinstance(known, Pinned)]
    others = [each for each in declared(base) if each.resource.urn != urn]
    own = [known for known in had if not any(_runs_from(each, known) for each in others)]
    if any(known.is_beside(image) for known in had) or all(_runs_from(release.running, known) for known in own):
        return []
    return sorted({str(each) for each in others if _runs_from(each, image)})


def _runs_from(workload: Workload, image: Pinned) -> bool:
    return any(isinstance(known, Pinned) and known.is_beside(image) for known in workload.pinned)


def _unrehearsed(graph: Graph, release: Release, diffs: Mapping[str, StackDiff]) -> Iterator[Finding]:
    """What staging gets in the same change, or does not run at all; the latter is how one goes back, too."""
    image = release.image
    rehearsals = [diff for diff in diffs.values() if diff.head is not None and tier(diff.head) == STAGING]
    names = [diff.stack for diff in rehearsals]

    def has(there: Graph | None) -> bool:
        return any(known.is_beside(image) and known.digest == image.digest for known in _images(there))

    if not rehearsals or any(has(diff.base) for diff in rehearsals):
        return
    if any(has(diff.head) for diff in rehearsals):
        what = f"{graph.stack} gets {_short(image)} of {image.path} with {some(names, NAMED)}, not after it: nobody has seen it run."
        do = f"Release it to {names[0]} first, and here in a later change."
        yield _finding(graph, release, UNREHEARSED, Severity.WARNING, what, do)
    elif any(known.is_beside(image) for diff in rehearsals for known in _images(diff.head)):
        what = f"{graph.stack} gets {_short(image)} of {image.path}, and {some(names, NAMED)} runs another one."
        do = f"If this is no way back, release it to {names[0]} first."
        yield _finding(graph, release, UNREHEARSED, Severity.NOTE, what, do)


def _new_stack(graph: Graph, into: list[Release]) -> Iterator[Finding]:
    """One finding for all: on its first day an environment has nothing but empty repositories."""
    if into:
        paths = sorted({release.image.path for release in into})
        what = f"{graph.stack} is new, and releases images of repositories that are made with it ({some(paths, NAMED)}): they are empty, and no pull succeeds."
        do = f"Leave infra/releases/{graph.stack}.yaml empty at first, push or copy the images, and release them then."
        found = finding(graph, into[0].running.resource, NEW, Severity.WARNING, what, do)
        yield replace(found, file=f"infra/releases/{graph.stack}.yaml", key=None)


def _images(graph: Graph | None) -> frozenset[Pinned]:
    every = declared(graph) if graph else ()
    return frozenset(image for each in every for image in each.pinned if isinstance(image, Pinned))


def _repositories(graph: Graph | None) -> dict[str, Resource]:
    """The image repositories that a stack makes, by their address."""
    found = {}
    for made in graph.of_type(REPOSITORY) if graph else ():
        url = Place.answered(made).at("repositoryUrl").text()
        if isinstance(url, str):
            found[url] = made
    return found


def _short(image: Pinned) -> str:
    return f"{image.digest[:19]}…"


def _finding(graph: Graph, release: Release, rule: str, severity: Severity, what: str, do: str) -> Finding:
    """A finding about the release file, where the program in `infra/` took the digest from there."""
    found = finding(graph, release.running.resource, rule, severity, what, do)
    above = graph.resources.get(release.running.resource.parent or "")
    if above is not None and above.type == APP and "." in above.name:
        return replace(found, file=f"infra/releases/{graph.stack}.yaml", key=above.name)
    return found

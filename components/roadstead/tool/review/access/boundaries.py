"""Whether permissions boundaries hold back less than before.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product

from roadstead.core.names import some
from roadstead.identity.boundary import TEAM_TAG
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.access.account import context_of
from roadstead.tool.review.access.iam import Context, effect
from roadstead.tool.review.access.whose import of_several
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.views.policy import Document
from roadstead.tool.review.views.principal import Principal, principals
from roadstead.tool.review.views.reading import Unread

BOUNDARY = "access/boundary-weaker"
NAMED = 12
"""How many roles a sentence names."""
ANOTHER = "another"
"""Stands for every value that no condition names."""
MOST_CIRCUMSTANCES = 512
_TAG = "aws:resourcetag/"


def findings(base: Graph, head: Graph) -> Iterator[Finding | Undecided]:
    """Roles whose boundary goes, or holds back less: one finding for all to whom the same happens."""
    before = {role.name: role for role in principals(base).by_arn.values()}
    alike: dict[str, list[Principal]] = {}
    for role in principals(head).by_arn.values():
        had = before.get(role.name)
        if had is None or had.boundary is None or role.boundary == had.boundary:
            continue
        unread = [*(role.boundary.unread if role.boundary else _hidden(role)), *had.boundary.unread]
        yield from (Undecided((BOUNDARY,), value) for value in unread)
        if not unread and (text := _weaker(had, had.boundary, role)):
            alike.setdefault(text, []).append(role)
    for text, roles in alike.items():
        yield _finding(head, text, sorted(roles, key=lambda role: role.name))


def _finding(graph: Graph, text: str, roles: list[Principal]) -> Finding:
    teams = sorted({role.tags.get(TEAM_TAG, "") for role in roles} - {""})
    whose = f" (team{'s' * (len(teams) > 1)} {some(teams, NAMED)})" if teams else ""
    names = some([role.resource.name for role in roles], NAMED)
    what = f"The permissions boundary of {names}{whose} {text}."
    do = "Keep the boundary and what it denied, or confirm with whoever owns what it protects."
    return of_several(graph, roles[0].resource, BOUNDARY, Severity.ERROR, what, do, len(teams) < 2)


def _hidden(role: Principal) -> list[Unread]:
    return [value for value in role.unread if value.path == "permissionsBoundary"]


def _weaker(had: Principal, before: Document, role: Principal) -> str:
    """What a boundary no longer holds back, in words; nothing where it holds back at least as much."""
    if role.boundary is None:
        return "goes: nothing limits any more what their policies grant"
    documents, found = (before, role.boundary), dict[tuple[str, str], list[Mapping[str, str]]]()
    for action, resource, tags in product(*_named(documents), circumstances(documents)):
        if (
            effect(before, action, resource, {**context_of(had, {}), **tags}) != "Allow"
            and effect(role.boundary, action, resource, {**context_of(role, {}), **tags}) == "Allow"
        ):
            found.setdefault((action, resource), []).append(tags)
    texts = {_in_words(*what, tags) for what, those in found.items() for tags in ([{}] if {} in those else those)}
    return f"would deny less than before: {some(sorted(texts), NAMED)}" if texts else ""


def _named(documents: Iterable[Document]) -> tuple[list[str], list[str]]:
    """The actions and resources that documents name, as they name them; each pattern is one of the texts that it means."""
    every = [statement for document in documents for statement in document.statements]
    actions = {action for each in every for key in ("Action", "NotAction") for action in each.get(key, ["*"])}  # type: ignore[attr-defined]
    resources = {name for each in every for key in ("Resource", "NotResource") for name in each.get(key, ["*"])}  # type: ignore[attr-defined]
    return sorted(actions), sorted(resources)


def circumstances(documents: Iterable[Document]) -> list[Mapping[str, str]]:
    """Every choice of what conditions ask for: each of their values, another one, and where the key may be missing none."""
    values: dict[str, set[str]] = {}
    for document in documents:
        for statement in document.statements:
            for keys in statement.get("Condition", {}).values():
                for key, wanted in keys.items():
                    if key.lower().startswith(_TAG):
                        values.setdefault(key.lower(), {ANOTHER}).update(set(wanted) - {"true", "false"})
    choices = [[(key, value) for value in (None, *sorted(those))] for key, those in sorted(values.items())]
    return [
        {key: value for key, value in chosen if value is not None}
        for chosen in islice(product(*choices), MOST_CIRCUMSTANCES)
    ]


def _in_words(action: str, resource: str, tags: Context) -> str:
    where = " and ".join(
        f"tag {key.removeprefix(_TAG)} is {'another one' if value == ANOTHER else value}" for key, value in tags.items()
    )
    what = "everything" if action == "*" else action
    return f"{what}{'' if resource == '*' else f' on {resource}'}{f' where {where}' if where else ''}"

"""Who could no longer do what they could: people, CI and apps by name."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import NamedTuple

from roadstead.core.names import some
from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.access.account import Account
from roadstead.tool.review.access.administrators import administrators
from roadstead.tool.review.access.matrix import matrix, subjects, things
from roadstead.tool.review.access.rbac import Grant, bindings
from roadstead.tool.review.access.rbac import Subject as Caller
from roadstead.tool.review.access.rights import IN_CLUSTER
from roadstead.tool.review.access.taken_away import Taken, Verb, arns_that_go, rights_taken, verbs_taken
from roadstead.tool.review.access.unseen import Unseen, unseen
from roadstead.tool.review.access.whose import OTHERS, about, kind_of, of_several, roles, team_of
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.views.access_entry import entries
from roadstead.tool.review.views.guarded import Guarded
from roadstead.tool.review.views.namespace import teams
from roadstead.tool.review.views.principal import Principal, principals

LOST = "access/lost"
NAMED = 12
"""How many names a sentence has of each kind."""
FEW = 3
"""Up to how many actions are named with their resources."""
USES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "key": {
        "decrypt": ("kms:Decrypt",),
        "encrypt": ("kms:Encrypt", "kms:GenerateDataKey"),
    },
    "images": {
        "push": ("ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage"),
        "pull": ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
    },
}
"""The actions that somebody needs, all of them, to do something with a key or an image repository.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html, 2026-11-21
"""
WHOLE = "the whole cluster"
_DO = "Give it back, or confirm with whoever uses it that nobody needs it any more."


class Loss(NamedTuple):
    """What somebody loses."""

    who: str
    resource: Resource
    kind: str
    team: str


def findings(base: Graph, head: Graph) -> Iterator[Finding | Undecided]:
    """What is lost by whoever stays: one finding for each thing and kind of person. Who goes as a whole is in `gone.py`."""
    hidden = unseen(head, base)
    yield from (Undecided((LOST,), unread) for unread in hidden.every)
    if not hidden.in_cluster:
        yield from _in_cluster(base, head)
    if not hidden.astray:
        yield from _by_policies(base, head, hidden)
    yield from _on_things(base, head, hidden)
    yield from _of_strangers(base, head, hidden)


def _in_cluster(base: Graph, head: Graph) -> Iterator[Finding]:
    """By RBAC and access policies. An administrator who loses it is told by a rule of its own."""
    told = administrators(base) - administrators(head)
    gone, staying = teams(base).keys() - teams(head).keys(), {"", *teams(head).values()}
    whole = list[Loss]()
    parts: dict[tuple[str, tuple[str, ...], tuple[str, ...]], dict[str, tuple[Loss, set[str]]]] = {}
    for who, had in subjects(base).items():
        has = _grants(base, head, who)
        if who in told or has is None or has == had or team_of(base, who) not in staying or _is_nobodys(base, who):
            continue
        taken = verbs_taken(had, has, gone)
        if not taken:
            continue
        loss = _loss(base, head, who)
        if not any(grant.rules or grant.unknown for grant in has):
            whole.append(loss)
            continue
        by_rest: dict[tuple[str, ...], list[Verb]] = {}
        for verb, left in taken.items():
            by_rest.setdefault(tuple(sorted(_left(verb, part) for part in left)), []).append(verb)
        for rest, verbs in by_rest.items():
            where = {verb.namespace or WHOLE for verb in verbs}
            what = tuple(sorted({str(verb) for verb in verbs}))
            parts.setdefault((loss.kind, what, rest), {})[who] = (loss, where)
    if whole:
        text = f"{_names(whole)} would have no rights in the cluster any more: no access entry lets them in, or no binding names their groups or them."
        yield _finding(
            head,
            whole,
            Severity.ERROR,
            text,
            "Keep their entries, and let the bindings name the groups that those give.",
        )
    for (_, what, rest), those in parts.items():
        losses = [loss for loss, _ in those.values()]
        places = sorted({place for _, found in those.values() for place in found})
        text = f"{_names(losses)} could no longer {some(what, NAMED)} in {some(places, NAMED)}{f', but only {some(rest, FEW)}' if rest else ''}."
        yield _finding(head, losses, Severity.WARNING, text)


def _left(verb: Verb, part: Verb) -> str:
    """A part of something that is left of it: where it is another place or a single name alone, that."""
    if part._replace(name=verb.name) == verb:
        return part.name
    where = f"in {part.namespace}"
    if part._replace(namespace=verb.namespace) == verb:
        return where
    return str(part) if part.namespace == verb.namespace else f"{part} {where}"


def _is_nobodys(base: Graph, who: str) -> bool:
    """Whether it is a group of ours, into which access entries alone put somebody, and none did."""
    return bool(entries(base)) and who.startswith("roadstead:")


def _grants(base: Graph, head: Graph, who: str) -> list[Grant] | None:
    """What somebody has at the head; nothing for whoever is not there any more."""
    there = subjects(head).get(who)
    if there is not None:
        return there
    if who in roles(head):  # Their access entry goes, and they stay.
        return []
    kind, _, name = who.rpartition(" ")
    if kind == "ServiceAccount":
        made = {(made.inputs.get("kind"), _place(made)) for made in head.resources.values()}
        return [] if (kind, name) in made else None
    if ("Group", who) in bindings(base).grants and who not in roles(base):
        # Its members may have entries now.
        return bindings(head).to(Caller("", frozenset([who])))
    return None


def _place(made: Resource) -> str:
    metadata = made.inputs.get("metadata")
    return f"{metadata.get('namespace')}/{metadata.get('name')}" if isinstance(metadata, Mapping) else ""


def _by_policies(base: Graph, head: Graph, hidden: Unseen) -> Iterator[Finding]:
    """By a role's own policies, and by its boundary."""
    gone, after = arns_that_go(base, head), roles(head)
    alike: dict[tuple[str, bool, frozenset[str]], list[tuple[Loss, Taken]]] = {}
    for role in principals(base).by_arn.values():
        left = after.get(role.name)
        if left is None or role.name in hidden.who or role.unread:
            continue
        taken = rights_taken(role, left, gone)
        if taken.rights or taken.managed:
            loss = _loss(base, head, role.name)
            # What the boundaries take is one cause, whatever it takes from each.
            what = frozenset[str]() if taken.is_by_boundary else _in_words(taken)
            alike.setdefault((loss.kind, taken.is_by_boundary, what), []).append((loss, taken))
    for (kind, is_by_boundary, _), those in alike.items():
        losses = [loss for loss, _ in those]
        uses = some(_shortened({text for _, taken in those for text in _in_words(taken)}), NAMED)
        why = ": their permissions boundary denies it" if is_by_boundary else ""
        text = f"{_names(losses)} ({kind}) could no longer use {uses}{why}."
        yield _finding(head, losses, Severity.ERROR if is_by_boundary else Severity.WARNING, text)


def _shortened(texts: set[str]) -> list[str]:
    """Texts in a sentence: without the resources where there are many."""
    return sorted(texts if len(texts) <= FEW else {text.partition(" on ")[0] for text in texts})


def _in_words(taken: Taken) -> frozenset[str]:
    rights = {
        right.action
        if right.resource == "*" or right.resource.startswith("arn:aws:eks")
        else f"{right.action} on {right.resource}"
        for right in taken.rights
    }
    return frozenset([*rights, *taken.managed])


def _on_things(base: Graph, head: Graph, hidden: Unseen) -> Iterator[Finding]:
    """By the policies of keys and image repositories, or what they leave to a role's own."""
    before, after = Account.of(base), Account.of(head)
    staying = [
        (role, roles(head)[role.name])
        for role in before.roles.values()
        if role.name in roles(head) and role.name not in hidden.who
    ]
    changed = [(role, new) for role, new in staying if _limits(role) != _limits(new)]
    alike: dict[tuple[str, str, str], dict[str, tuple[Loss, list[str]]]] = {}
    for kind, uses in USES.items():
        targets, left = (account.keys if kind == "key" else account.repositories for account in (before, after))
        for name in sorted(targets.keys() & left.keys()):
            target, kept = targets[name], left[name]
            if f"{kind} {name}" in hidden.things or target.unread:
                continue
            is_same = (target.policy.statements, target.tags) == (kept.policy.statements, kept.tags)
            for (role, new), (use, actions) in product(changed if is_same else staying, uses.items()):
                if _may(before, role, actions, target) and not _may(after, new, actions, kept):
                    loss = _loss(base, head, role.name)
                    found = alike.setdefault((loss.kind, kind, use), {}).setdefault(role.name, (loss, []))
                    found[1].append(f"{kind} {name}")
    for (_, _, use), those in alike.items():
        losses = [loss for loss, _ in those.values()]
        what = sorted({thing for _, found in those.values() for thing in found})
        text = f"{_names(losses)} could no longer {use} ({some(what, NAMED)})."
        yield _finding(head, losses, Severity.WARNING, text)


def _limits(role: Principal) -> tuple[object, ...]:
    return role.policies, role.boundary, role.tags


def _may(account: Account, role: Principal, actions: Iterable[str], target: Guarded) -> bool:
    """Whether a role may do all of this, in the circumstances that the policy itself asks for."""
    asked = {
        key: values[0]
        for statement in target.policy.statements
        for keys in statement.get("Condition", {}).values()
        for key, values in keys.items()
        if key.startswith("kms:EncryptionContext:") and values
    }
    return all(account.may(role, action, target, **asked) for action in actions)


def _of_strangers(base: Graph, head: Graph, hidden: Unseen) -> Iterator[Finding]:
    """Other accounts and whoever else a policy names."""
    ours = roles(base).keys() | roles(head).keys()
    there, alike = things(head), dict[tuple[str, str], list[str]]()
    for cell in sorted(matrix(base) - matrix(head)):
        if cell.right not in IN_CLUSTER and cell.who not in ours and cell.thing in there and not hidden.hides(cell):
            alike.setdefault((cell.who, cell.right), []).append(cell.what)
    for (who, right), what in alike.items():
        kind, _, name = what[0].partition(" ")
        targets = Account.of(head).keys if kind == "key" else Account.of(head).repositories
        text = f"{who} could no longer {right} ({some(what, NAMED)})."
        if name in targets:
            yield _finding(head, [Loss(who, targets[name].resource, OTHERS, "")], Severity.WARNING, text)


def _loss(base: Graph, head: Graph, who: str) -> Loss:
    """Whoever loses something, with their role, access entry or binding, their kind and team."""
    is_there = who in roles(head) or not who.startswith("ServiceAccount ")
    return Loss(who, about(head if is_there else base, who), kind_of(base, who), team_of(base, who))


def _names(losses: list[Loss]) -> str:
    return some(sorted(loss.who for loss in losses), NAMED)


def _finding(head: Graph, losses: list[Loss], severity: Severity, what: str, do: str = _DO) -> Finding:
    """A finding about the first of them; with a file where all are one team's."""
    first = min(losses, key=lambda loss: loss.who)
    return of_several(head, first.resource, LOST, severity, what, do, len({loss.team for loss in losses}) == 1)

"""What of two revisions cannot be read, and whose rights depend on it."""

from collections.abc import Iterable
from dataclasses import dataclass

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.access.matrix import Cell
from roadstead.tool.review.access.rbac import unread_of_rbac
from roadstead.tool.review.access.rights import IN_CLUSTER
from roadstead.tool.review.views.access_entry import associations, entries
from roadstead.tool.review.views.guarded import keys, repositories
from roadstead.tool.review.views.principal import principals
from roadstead.tool.review.views.reading import Unread


@dataclass(frozen=True)
class Unseen:
    """What of a graph cannot be read and is not the same in another one."""

    who: dict[str, list[Unread]]
    """By the name of the role whose policies it is in."""
    things: dict[str, list[Unread]]
    """By the key or image repository whose policy it is in."""
    in_cluster: list[Unread]
    astray: list[Unread]
    """What could be any role's."""

    @property
    def every(self) -> list[Unread]:
        """All of it."""
        of_some = [unread for found in (*self.who.values(), *self.things.values()) for unread in found]
        return [*of_some, *self.in_cluster, *self.astray]

    def hides(self, cell: Cell) -> bool:
        """Whether it decides about a right: in the cluster all may depend on any binding."""
        if cell.right in IN_CLUSTER and not cell.thing.startswith(("key ", "images ")):
            return bool(self.in_cluster)
        return bool(self.astray) or cell.who in self.who or cell.thing in self.things


def unseen(graph: Graph, other: Graph) -> Unseen:
    """What of a graph cannot be read, but for what is hidden in the same way in the other one."""

    def new(values: Iterable[Unread]) -> list[Unread]:
        return [value for value in values if not _is_same(value, other)]

    roles = {role.name: new(role.unread) for role in principals(graph).by_arn.values()}
    guarded = {"key": keys(graph), "images": repositories(graph)}
    things = {f"{kind} {name}": new(made.unread) for kind, targets in guarded.items() for name, made in targets.items()}
    in_cluster = [*unread_of_rbac(graph), *(unread for each in associations(graph) for unread in each.unread)]
    in_cluster += [
        value for entry in entries(graph) for value in (entry.user, entry.groups) if isinstance(value, Unread)
    ]
    return Unseen(
        {name: found for name, found in roles.items() if found},
        {name: found for name, found in things.items() if found},
        new(in_cluster),
        new(principals(graph).astray),
    )


def _is_same(value: Unread, other: Graph) -> bool:
    there = other.resources.get(value.resource.urn)
    return there is not None and there.inputs == value.resource.inputs

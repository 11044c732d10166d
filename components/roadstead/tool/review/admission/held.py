"""A pod that is held to checks: who of it sets what, and what of that cannot be seen."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from roadstead.tool.review.views.reading import Place, Unread

PROFILES = ("RuntimeDefault", "Localhost")
"""Kinds of AppArmor and seccomp profiles that confine."""
USER_NAMESPACES = 35
"""Since this minor version of Kubernetes a pod with a user namespace of its own may be root in it."""


@dataclass(frozen=True)
class Violation:
    """One thing that a level forbids."""

    reason: str
    """In Kubernetes' own words, as in `runAsNonRoot != true`."""
    by: str
    """Who sets it, or fails to: `pod`, or a container."""


Said = Violation | Unread
Check = Callable[["Pod"], Iterator[Said]]
Forbids = Callable[[Any], bool]


@dataclass(frozen=True)
class Pod:
    """A pod, or the template of one, and the rules that it is held to."""

    spec: Place
    annotations: Place
    minor: int
    """Of the Kubernetes version whose rules hold."""

    def containers(self) -> Iterator[Place]:
        """Its containers, those that run first or are added later among them; what cannot be read, as itself."""
        for kind in ("initContainers", "containers", "ephemeralContainers"):
            yield from items(self.spec.at(kind))

    def setters(self) -> Iterator[Place]:
        """Whatever has a security context."""
        yield self.spec
        yield from self.containers()

    def by(self, place: Place) -> str:
        """Who a place belongs to, in a sentence."""
        return "pod" if place is self.spec else f"container {place.at('name').value}"


def items(place: Place) -> Iterator[Place]:
    """The items of a list; a list that cannot be read is one item that cannot."""
    found = place.items()
    yield from [Place(found.resource, found.path, found)] if isinstance(found, Unread) else found


def each(pod: Pod, reason: str, path: str, forbids: Forbids, of: Callable[[Pod], Iterator[Place]]) -> Iterator[Said]:
    """Each place at a path, such as `ports[].hostPort`, whose value is forbidden, and each that cannot be read."""
    for setter in of(pod):
        for place in _at(setter, path.split(".")):
            yield from held(pod, setter, reason, place, forbids)


def held(pod: Pod, setter: Place, reason: str, place: Place, forbids: Forbids) -> Iterator[Said]:
    """A violation where a value is forbidden, or what of it cannot be read."""
    unread = next(place.unread(), None)
    if unread is not None or isinstance(place.value, Unread):
        yield unread or place.value
    elif forbids(place.value):
        yield Violation(reason, pod.by(setter))


def _at(place: Place, keys: list[str]) -> Iterator[Place]:
    if not keys:
        yield place
    elif keys[0].endswith("[]"):
        for item in items(place.at(keys[0].removesuffix("[]"))):
            yield from _at(item, keys[1:])
    else:
        yield from _at(place.at(keys[0]), keys[1:])


def only_pod(pod: Pod) -> Iterator[Place]:
    """The pod without its containers."""
    yield pod.spec


def is_true(value: object) -> bool:
    """Whether a switch is on."""
    return value is True


def is_set(value: object) -> bool:
    """Whether there is anything but nothing, 0 or ""."""
    return bool(value)


def is_other_than(*allowed: object) -> Forbids:
    """Whether a value is given that is none of these."""
    return lambda value: value is not None and value not in allowed


def has_other_profile(profile: Any) -> bool:
    """Whether a profile is given, and is none of those that confine."""
    return profile is not None and not (isinstance(profile, Mapping) and profile.get("type") in PROFILES)


def unless_in_user_namespace(check: Check, pod: Pod) -> Iterator[Said]:
    """A check of pods that share their user namespace with the node."""
    own = pod.spec.at("hostUsers").boolean() if pod.minor >= USER_NAMESPACES else None
    if own is False:
        return
    for said in check(pod):
        yield own if isinstance(own, Unread) else said

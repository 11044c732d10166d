"""What the `spec` of a pod says: its containers and what they ask for, where it may run, and how it goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from roadstead.core.quantities import NOTHING, Amount
from roadstead.tool.review.views import placement as placements
from roadstead.tool.review.views.image import Image
from roadstead.tool.review.views.limit_range import Defaults, quantities
from roadstead.tool.review.views.quantity import quantity
from roadstead.tool.review.views.reading import Place, Unread
from roadstead.tool.review.views.whole import count, seen, text, whole

DEFAULT_GRACE_SECONDS = 30
"""Kubernetes' own."""


@dataclass(frozen=True)
class Container:
    """One container of a pod."""

    place: Place
    number: int
    """Where in its list it stands, from 1."""

    def __str__(self) -> str:
        name = self.place.at("name").text()
        return name if isinstance(name, str) else f"number {self.number}"

    @property
    def image(self) -> Image | Unread:
        """What it runs; an empty one where it does not say."""
        said = self.place.at("image").text()
        return said if isinstance(said, Unread) else Image(said or "")

    def has(self, key: str) -> bool | Unread:
        """Whether it has a probe, ports or the like."""
        at = self.place.at(key)
        if at.value is None or isinstance(at.value, Mapping | list | tuple):
            return bool(at.value)
        return at.malformed("a mapping or a list")

    @property
    def has_memory_limit(self) -> bool | Unread:
        """Whether it has one of its own, however large."""
        limits = self.place.at("resources", "limits").entries()
        return limits if isinstance(limits, Unread) else "memory" in limits and not limits["memory"].is_absent

    @property
    def stays(self) -> bool | Unread:
        """Of one that starts before the others: whether it goes on beside them."""
        said = self.place.at("restartPolicy").text()
        return said if isinstance(said, Unread) else said == "Always"

    def asked(self, defaults: Defaults | Unread) -> Amount:
        """What it asks for. Only within a function that is `whole`."""
        resources = self.place.at("resources")
        own = {**quantities(resources.at("limits")), **quantities(resources.at("requests"))}
        if not {"cpu", "memory"} <= own.keys():
            own = {**seen(defaults).requests, **own}
        return Amount(own.get("cpu", Fraction(0)), own.get("memory", Fraction(0)), 0)


@dataclass(frozen=True)
class Pod:
    """What pods that are alike have in common."""

    spec: Place

    @cached_property
    def containers(self) -> tuple[Container, ...] | Unread:
        """Those that run."""
        at = self.spec.at("containers")
        return at.malformed("a list") if at.is_absent else _containers(at)

    @cached_property
    def first(self) -> tuple[Container, ...] | Unread:
        """Those that start before them."""
        return _containers(self.spec.at("initContainers"))

    @property
    def images(self) -> tuple[Image | Unread, ...]:
        """What all of them run; where their list cannot be read, that in its place."""
        lists = (self.first, self.containers)
        return tuple(
            image
            for listed in lists
            for image in ([listed] if isinstance(listed, Unread) else [container.image for container in listed])
        )

    @cached_property
    def placement(self) -> placements.Placement | Unread:
        """The nodes that are for it."""
        return placements.placement(self.spec)

    @cached_property
    def spread(self) -> tuple[placements.SpreadConstraint, ...] | Unread:
        """Its own constraints; the scheduler has others for pods without any."""
        return placements.spread_constraints(self.spec.at("topologySpreadConstraints"))

    @cached_property
    def is_critical(self) -> bool | Unread:
        """Whether the cluster cannot do without it."""
        name = self.spec.at("priorityClassName").text()
        return name if isinstance(name, Unread) else (name or "").startswith("system-")

    @cached_property
    def claims(self) -> tuple[str, ...] | Unread:
        """Names of the volume claims that it mounts."""
        return _claims(self.spec.at("volumes"))

    @cached_property
    def grace_seconds(self) -> int | Unread:
        """How long it may take to stop."""
        return count(self.spec.at("terminationGracePeriodSeconds"), DEFAULT_GRACE_SECONDS)


@whole
def requests(pod: Pod, defaults: Defaults | Unread) -> Amount:
    """What the scheduler reckons a pod with: its containers together, or its largest step before they start.

    https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
    """
    first = seen(pod.first)
    beside = [container for container in first if seen(container.stays)]
    running = NOTHING
    for container in (*seen(pod.containers), *beside):
        running = running.plus(container.asked(defaults))
    steps, before = [running], NOTHING
    for container in first:
        asked = container.asked(defaults)
        steps.append(before.plus(asked))
        if container in beside:
            before = before.plus(asked)
    overhead = {kind: seen(quantity(pod.spec.at("overhead", kind))) or Fraction(0) for kind in ("cpu", "memory")}
    return Amount(
        max(step.cpu for step in steps) + overhead["cpu"], max(step.memory for step in steps) + overhead["memory"], 1
    )


@whole
def _containers(place: Place) -> tuple[Container, ...]:
    return tuple(Container(item, position) for position, item in enumerate(seen(place.items()), start=1))


@whole
def _claims(volumes: Place) -> tuple[str, ...]:
    of_volumes = [volume.at("persistentVolumeClaim") for volume in seen(volumes.items())]
    return tuple(text(claim.at("claimName")) for claim in of_volumes if not claim.is_absent)

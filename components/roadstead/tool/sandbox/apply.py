"""Objects on an API server: applied in their order by server-side apply, and taken away again.

https://kubernetes.io/docs/reference/using-api/server-side-apply/
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kubernetes.client import ApiClient
from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import NotFoundError
from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed

from roadstead.tool.offline.ignored import kept

FIELD_MANAGER = "roadstead"
CREATED, CHANGED, UNCHANGED, PRUNED = "created", "changed", "unchanged", "pruned"
GONE_SECONDS = 120


@dataclass(frozen=True, order=True)
class Reference:
    """Which object."""

    api_version: str
    kind: str
    namespace: str
    """Nothing for an object of the whole cluster."""
    name: str

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Reference":
        """The reference of an object."""
        metadata = body["metadata"]
        return cls(body["apiVersion"], body["kind"], metadata.get("namespace", ""), metadata["name"])

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


OnChange = Callable[[Reference, str], None]


class Cluster:
    """The objects of one API server."""

    def __init__(self, api: ApiClient) -> None:
        self._objects = DynamicClient(api)

    def apply(
        self,
        bodies: Iterable[Mapping[str, Any]],
        on_change: OnChange = lambda *_: None,
        ignored: Mapping[Reference, Sequence[str]] | None = None,
    ) -> dict[Reference, str]:
        """Applies objects one after the other; what became of each: created, changed, unchanged.

        What is ignored of an object that is there stays as it is there.
        """
        changes = {}
        for body in bodies:
            reference = Reference.of(body)
            changes[reference] = self._apply(reference, body, (ignored or {}).get(reference, ()))
            on_change(reference, changes[reference])
        return changes

    def prune(self, references: Iterable[Reference], on_change: OnChange = lambda *_: None) -> list[Reference]:
        """Deletes objects, the last one first, and waits until all of them are gone; which of them there were."""
        deleted = [reference for reference in reversed(list(references)) if self._delete(reference)]
        for reference in deleted:
            if not self._gone(reference):
                raise TimeoutError(f"{reference} is still there {GONE_SECONDS} seconds after it was deleted")
            on_change(reference, PRUNED)
        return deleted

    def get(self, reference: Reference) -> dict[str, Any] | None:
        """An object as it is now, or nothing."""
        try:
            found: dict[str, Any] = self._kind(reference).get(**_key(reference)).to_dict()
        except NotFoundError:
            return None
        return found

    def _apply(self, reference: Reference, body: Mapping[str, Any], ignored: Sequence[str]) -> str:
        before = self.get(reference)
        if before is not None:
            body = to_send(body, before, ignored)
        after = self._kind(reference).server_side_apply(
            body=body, **_key(reference), field_manager=FIELD_MANAGER, force_conflicts=True
        )
        if before is None:
            return CREATED
        return UNCHANGED if _ours(before, body) == _ours(after.to_dict(), body) else CHANGED

    def _delete(self, reference: Reference) -> bool:
        try:
            self._kind(reference).delete(**_key(reference), body={"propagationPolicy": "Background"})
        except NotFoundError:
            return False
        return True

    @retry(
        retry=retry_if_result(lambda gone: not gone),
        wait=wait_fixed(0.1),
        stop=stop_after_delay(GONE_SECONDS),
        retry_error_callback=lambda _: False,
    )
    def _gone(self, reference: Reference) -> bool:
        return self.get(reference) is None

    def _kind(self, reference: Reference) -> Any:
        return self._objects.resources.get(api_version=reference.api_version, kind=reference.kind)


def to_send(body: Mapping[str, Any], live: Mapping[str, Any], ignored: Iterable[str]) -> Mapping[str, Any]:
    """An object of a program, with what it ignores as it is on the server; left out where that is another's to say.

    As pulumi-kubernetes does it: to leave out what is ours alone would take it away.
    """
    managers = live["metadata"].get("managedFields", [])
    others = [entry.get("fieldsV1", {}) for entry in managers if entry["manager"] != FIELD_MANAGER]
    # An object that is sent must not say whose its fields are.
    there = {**live, "metadata": {key: item for key, item in live["metadata"].items() if key != "managedFields"}}
    for path in ignored:
        body = kept({} if any(_owns(fields, path) for fields in others) else there, body, [path])
    return body


def _owns(fields: Mapping[str, Any], path: str) -> bool:
    """Whether fields that somebody manages have one at a path; of an item of a list that is not looked for."""
    for name in path.split("."):
        if f"f:{name}" not in fields:
            return False
        fields = fields[f"f:{name}"]
    return True


def _ours(stored: Mapping[str, Any], body: Mapping[str, Any]) -> Any:
    """Of a stored object, which fields are ours, and what is in those that we declare: controllers write into the others."""
    managers = stored["metadata"].get("managedFields", [])
    owned = [
        entry["fieldsV1"] for entry in managers if (entry["manager"], entry["operation"]) == (FIELD_MANAGER, "Apply")
    ]
    return owned, _declared(stored, body)


def _declared(stored: Any, body: Any) -> Any:
    """The part of a stored value that a declared one speaks of."""
    if isinstance(stored, Mapping) and isinstance(body, Mapping):
        return {key: _declared(stored.get(key), item) for key, item in body.items()}
    if isinstance(stored, list) and isinstance(body, list) and len(stored) == len(body):
        return [_declared(*pair) for pair in zip(stored, body, strict=True)]
    return stored


def _key(reference: Reference) -> dict[str, str | None]:
    return {"name": reference.name, "namespace": reference.namespace or None}

"""What the real engine says would happen: the output of `pulumi preview --json`.

That is one document, or one event a line where PULUMI_ENABLE_STREAMING_JSON_PREVIEW is set (and in an event log).
https://www.pulumi.com/docs/iac/cli/commands/pulumi_preview/
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roadstead.core.problems import problem
from roadstead.tool.offline.errors import InputError
from roadstead.tool.offline.graph import Graph, Resource, Secret, Unknown
from roadstead.tool.review.change import Change, Kind, StackDiff
from roadstead.tool.review.difference.urns import Urn
from roadstead.tool.review.difference.values import ABSENT, PropertyChange, changes, covers

UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""In the place of what is only known later."""
SECRET_TEXT = "[secret]"
SIGNATURE, SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"

_REPLACING = {"replace", "create-replacement", "delete-replaced", "import-replacement", "read-replacement"}
_RENEWING = {"create", "import", *_REPLACING}
_KINDS = {"create": Kind.CREATE, "import": Kind.CREATE, "delete": Kind.DELETE, "update": Kind.UPDATE}
_KEYS = {"steps", "diagnostics", "changeSummary"}
"""Of which a preview has at least one, how ever it ended."""
_EXPECTED = "the whole output of `pulumi preview --json --show-sames`"


@dataclass(frozen=True)
class Preview:
    """A preview of one stack by the real engine."""

    diff: StackDiff
    is_whole: bool
    """Whether what stays as it is is there too, as rules need it that look at a whole stack."""


@dataclass
class _Steps:
    """What the engine does to one resource."""

    operations: set[str]
    old: Mapping[str, Any] | None = None
    new: Mapping[str, Any] | None = None
    changed: tuple[str, ...] = ()
    """Inputs that differ, as the provider says."""
    forcing: tuple[str, ...] = ()


def read(file: Path) -> Preview:
    """The difference that a file tells of. One that is cut, failed or something else is an `InputError`."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: cannot be read: {error}") from error
    by_urn: dict[str, _Steps] = {}
    try:
        steps, same = _digest(file, text) or _event_log(file, text)
        if not steps:
            raise InputError(problem(str(file), "no resource in it", "nothing", _EXPECTED))
        for step in steps:
            _add(by_urn, step)
        stacks = {Urn.of(urn).stack for urn in by_urn}
        diff = _diff(min(stacks), by_urn)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(problem(str(file), "a step of another form", repr(error), _EXPECTED)) from error
    if len(stacks) > 1:
        raise InputError(problem(str(file), "more than one stack", ", ".join(sorted(stacks)), _EXPECTED))
    return Preview(diff, is_whole=sum(found.operations == {"same"} for found in by_urn.values()) >= same)


def _digest(file: Path, text: str) -> tuple[list[Mapping[str, Any]], int] | None:
    """The steps of `--json`, and how many resources stay as they are; nothing for an event log."""
    try:
        whole = json.loads(text)
    except ValueError:
        return None
    if isinstance(whole, dict) and "steps" not in whole and "changeSummary" not in whole and "sequence" in whole:
        return None
    if not isinstance(whole, dict) or not whole.keys() & _KEYS or not isinstance(whole.get("steps", []), list):
        raise InputError(problem(str(file), "no preview of Pulumi's", type(whole).__name__, _EXPECTED))
    if "changeSummary" not in whole:
        errors = [
            str(entry.get("message", "")).strip()
            for entry in whole.get("diagnostics") or []
            if isinstance(entry, dict) and entry.get("severity") == "error"
        ]
        raise InputError(problem(str(file), "a preview that did not come to its end", "; ".join(errors), _EXPECTED))
    return whole.get("steps", []), int(whole["changeSummary"].get("same", 0))


def _event_log(file: Path, text: str) -> tuple[list[Mapping[str, Any]], int]:
    steps, summary = [], None
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            event = json.loads(line)
        except ValueError as error:
            raise InputError(problem(f"{file}: line {number}", "not JSON, or cut off", line[:40], _EXPECTED)) from error
        if not isinstance(event, dict) or "sequence" not in event:
            raise InputError(problem(f"{file}: line {number}", "no event of Pulumi's", line[:40], _EXPECTED))
        if "resourcePreEvent" in event:
            steps.append(event["resourcePreEvent"]["metadata"])
        summary = event.get("summaryEvent", summary)
    if summary is None or summary.get("result", "succeeded") != "succeeded":
        raise InputError(problem(str(file), "a preview that did not come to its end", f"{len(steps)} steps", _EXPECTED))
    return steps, int(summary.get("resourceChanges", {}).get("same", 0))


def _add(by_urn: dict[str, _Steps], step: Mapping[str, Any]) -> None:
    found = by_urn.setdefault(step["urn"], _Steps(set()))
    found.operations.add(step["op"])
    found.old = step.get("oldState") or step.get("old") or found.old
    found.new = step.get("newState") or step.get("new") or found.new
    found.changed = tuple(step.get("diffReasons") or step.get("diffs") or found.changed)
    detailed = step.get("detailedDiff") or {}
    exact = sorted(path for path, diff in detailed.items() if str(diff.get("kind", "")).endswith("-replace"))
    found.forcing = tuple(exact or step.get("replaceReasons") or step.get("keys") or found.forcing)


def _diff(stack: str, by_urn: Mapping[str, _Steps]) -> StackDiff:
    before, after = {}, {}
    for found in by_urn.values():
        if found.old and found.operations != {"create"}:
            before[found.old["urn"]] = _resource(found.old)
        if found.new and found.operations != {"delete"}:
            after[found.new["urn"]] = _resource(found.new if found.operations & _RENEWING else _answered(found))
    base, head = (_graph(stack, resources) if resources else None for resources in (before, after))
    found_changes = [
        change
        for found in by_urn.values()
        if (change := _change(found, before, after))
        and change.resource.custom
        and not change.resource.is_default_provider
    ]
    return StackDiff(stack, base, head, tuple(found_changes))


def _graph(stack: str, resources: dict[str, Resource]) -> Graph:
    return Graph(project=Urn.of(next(iter(resources))).project, stack=stack, resources=resources, outputs={})


def _change(found: _Steps, before: Mapping[str, Resource], after: Mapping[str, Resource]) -> Change | None:
    old, new = (
        (before.get(found.old["urn"]) if found.old else None),
        (after.get(found.new["urn"]) if found.new else None),
    )
    if found.operations & _REPLACING:
        return Change(Kind.REPLACE, old, new, tuple(_properties(found, old, new)), found.forcing)
    kind = next((kind for operation, kind in _KINDS.items() if operation in found.operations), None)
    if kind is Kind.UPDATE:
        return Change(kind, old, new, tuple(_properties(found, old, new)))
    if kind is not None:
        return Change(kind, old if kind is Kind.DELETE else None, new if kind is Kind.CREATE else None)
    moved = old is not None and new is not None and old.urn != new.urn
    return Change(Kind.MOVE, old, new) if moved else None


def _properties(found: _Steps, old: Resource | None, new: Resource | None) -> Iterator[PropertyChange]:
    """What differs of what the provider says differs; a secret that the file does not tell apart among it."""
    before, after = (resource.inputs if resource else {} for resource in (old, new))
    differing = list(changes(before, after))
    if found.changed:
        differing = [change for change in differing if any(covers(key, change.path) for key in found.changed)]
    yield from differing
    for key in found.changed:
        if not any(covers(key, change.path) for change in differing):
            yield PropertyChange(key, before.get(key, ABSENT), after.get(key, ABSENT))


def _answered(found: _Steps) -> Mapping[str, Any]:
    """The new state of what stays the same thing: what its provider has answered before, a preview does not say again."""
    new, old = found.new or {}, found.old or {}
    return {
        **new,
        "id": new.get("id") or old.get("id"),
        "outputs": {**(old.get("outputs") or {}), **(new.get("outputs") or {})},
    }


def _resource(state: Mapping[str, Any]) -> Resource:
    """A resource as the engine has it. An event log tells neither what a property comes from nor what is ignored."""
    is_managed, outputs = bool(state.get("custom")), _value(state.get("outputs") or {})
    return Resource(
        urn=state["urn"],
        type=state["type"],
        name=Urn.of(state["urn"]).name,
        parent=state.get("parent") or None,
        custom=is_managed,
        provider=str(state.get("provider") or "").rpartition("::")[0] or None,
        inputs=_value(state.get("inputs") or {}),
        outputs=None if is_managed else outputs,
        dependencies=tuple(state.get("dependencies") or ()),
        property_dependencies={
            key: tuple(sorted(urns)) for key, urns in (state.get("propertyDependencies") or {}).items() if urns
        },
        protect=bool(state.get("protect")),
        aliases=tuple(state.get("aliases") or ()),
        ignore_changes=tuple(state.get("ignoreChanges") or ()),
        retain_on_delete=bool(state.get("retainOnDelete")),
        external=bool(state.get("external")),
        id=str(state.get("id") or ""),
        computed=outputs if is_managed else {},
    )


def _value(value: Any) -> Any:
    if value == UNKNOWN_TEXT:
        return Unknown()
    if value == SECRET_TEXT:
        return Secret.of(SECRET_TEXT)
    if isinstance(value, list):
        return [_value(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get(SIGNATURE) == SECRET_SIGNATURE:
        return Secret.of(value.get("ciphertext"))
    return {key: _value(item) for key, item in value.items()}

"""What a program asks the engine to ignore: there a resource keeps the inputs that it has, as long as it stays the same one.

As the engine does it: `processIgnoreChanges` in pkg/resource/deploy/step_generator.go and `PropertyPath.Reset` in
sdk/go/common/resource/properties_path.go of pulumi 3.274. A path that cannot be read ignores nothing; one that leads through
what is not there makes nothing, and lists keep their length.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

_STEP = re.compile(r'\.*+(?:\["((?:\\"|[^"])*+)"\]|\[(?:(\*)|([+-]?[0-9]+))\]|([^.\[]+))')
_EACH = "*"
_NOTHING = object()
_Steps = tuple[int | str, ...]


def kept(old: Mapping[str, Any], new: Mapping[str, Any], ignored: Iterable[str]) -> Mapping[str, Any]:
    """Inputs of a program, with what it ignores as it was; the very same where it ignores nothing."""
    for path in ignored:
        if steps := _steps(path):
            new = _reset(steps, old, new)
    return new


def is_ignored(path: str, ignored: Iterable[str]) -> bool:
    """Whether a property is one of those that a program ignores, or a part of one."""
    inner = _steps(path)
    return any(_leads_to(steps, inner) for steps in map(_steps, ignored) if steps)


def _steps(path: str) -> _Steps:
    """`a.b[0]["c.d"][*]` as its steps; none where it is no path."""
    steps: list[int | str] = []
    end = 0
    for match in _STEP.finditer(path):
        if match.start() != end or path.startswith("."):
            return ()
        key, each, number, name = match.groups()
        steps.append(int(number) if number else each or name or key.replace('\\"', '"'))
        end = match.end()
    return tuple(steps) if end == len(path) else ()


def _leads_to(steps: _Steps, inner: _Steps) -> bool:
    return len(steps) <= len(inner) and all(step in (_EACH, other) for step, other in zip(steps, inner, strict=False))


def _reset(steps: _Steps, old: Any, new: Any) -> Any:
    if not steps:
        return old
    step, left = steps[0], steps[1:]
    if isinstance(new, Mapping) and isinstance(step, str):
        was = old if isinstance(old, Mapping) else {}
        items = {
            **new,
            **{key: _reset(left, was.get(key, _NOTHING), new.get(key, _NOTHING)) for key in _keys(steps, old, new)},
        }
        return {key: item for key, item in items.items() if item is not _NOTHING}
    if isinstance(new, list) and isinstance(old, list):
        resets = [
            _reset(left, *pair) if step in (_EACH, number) else pair[1]
            for number, pair in enumerate(zip(old, new, strict=False))
        ]
        return resets + new[len(old) :]
    return new


def _keys(steps: _Steps, old: Any, new: Mapping[str, Any]) -> Iterable[str]:
    """Under which keys of a mapping something may be another value than the program's."""
    step, is_last = str(steps[0]), len(steps) == 1
    if step != _EACH:
        return [step] if is_last or step in new else []
    if not isinstance(old, Mapping):
        return []
    return old.keys() | new.keys() if is_last else old.keys() & new.keys()

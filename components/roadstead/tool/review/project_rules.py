"""Rules of a project's own: any installed package can bring some, by an entry point in the group `roadstead.rules`."""

from importlib.metadata import entry_points

from roadstead.tool.offline.errors import InputError
from roadstead.tool.review.rules import Rule

GROUP = "roadstead.rules"


def project_rules() -> tuple[Rule, ...]:
    """The rules that installed packages bring, by name. Raises `InputError` that names those that cannot be loaded."""
    found, problems = [], []
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        try:
            rule = entry.load()
        except (ImportError, AttributeError) as error:
            problems.append(
                f"{GROUP}: {entry.name}: cannot be loaded; got {entry.value!r}: {error}; expected a function"
            )
            continue
        if callable(rule):
            found.append(rule)
        else:
            problems.append(
                f"{GROUP}: {entry.name}: not a function; got {entry.value!r}; expected one from a StackDiff to findings"
            )
    if problems:
        raise InputError("\n".join(problems))
    return tuple(found)

"""Reading YAML files so that everything that is wrong with one fits into lines."""

import re
from collections.abc import Hashable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from roadstead.core.yaml_words import cut

_CONFLICT = re.compile(r"<{7}( |$)|={7}$|>{7}( |$)")
_AMBIGUOUS = re.compile(r"[-+]?0[0-9_]+|[-+]?0[xX][0-9a-fA-F_]+|[-+]?0[oObB][0-7_]+|[-+]?[0-9]+(_[0-9]+)+", re.ASCII)
"""Numbers that readers of YAML 1.1 and 1.2 take for different ones, or for text: 010, 0x10, 1_000."""
_LONG_NUMBER = re.compile(r"[-+]?[0-9]{1000,}", re.ASCII)
"""One of some thousand digits Python does not even read."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


MOST_NODES = 100_000
"""Ten files of fifty teams; a few lines of aliases of aliases would be billions."""


class YamlFileError(Exception):
    """A file that is not there or not YAML; the text says which, and where in it, a line for each problem."""

    def __init__(self, file: str, problems: list[str]) -> None:
        super().__init__("\n".join(f"{file}: {text}" for text in problems))
        self.problems = problems
        """What is wrong, without the file's name."""


def load(path: Path) -> Any:
    """The content of a YAML 1.2 file with one document."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise YamlFileError(path.name, [f"cannot be read: {error.strerror}; expected a file at {path}"]) from error
    except UnicodeDecodeError as error:
        raise YamlFileError(path.name, [f"not UTF-8 text at byte {error.start}; expected a YAML file"]) from error
    if found := _conflicts(text):
        raise YamlFileError(path.name, found)
    try:
        constructor, _ = YAML(typ="safe", pure=True).get_constructor_parser(text)
        root = constructor.composer.get_single_node()
        if root is None:
            return None
        if _size(root, {}) > MOST_NODES:
            raise YamlFileError(path.name, [f"more than {MOST_NODES:,} values by aliases; expected them written out"])
        found = [said for _, said in sorted(_node_problems(root, set(), ()), key=lambda problem: problem[0])]
        if found:
            raise YamlFileError(path.name, found)
        return constructor.construct_document(root)
    except MarkedYAMLError as error:
        raise YamlFileError(path.name, [_syntax(error, text)]) from error
    except (YAMLError, ValueError) as error:  # a ValueError: a date that no calendar has
        raise YamlFileError(path.name, [f"not YAML: {' '.join(str(error).split())}"]) from error
    except RecursionError as error:
        raise YamlFileError(path.name, ["nested too deeply; expected a file that people can read"]) from error


def _conflicts(text: str) -> list[str]:
    marked = [number for number, line in enumerate(text.splitlines(), start=1) if _CONFLICT.match(line)]
    if not marked:
        return []
    lines = f"lines {', '.join(map(str, marked))}" if len(marked) > 1 else f"line {marked[0]}"
    return [f"{lines}: a merge that is not finished; expected one of both sides, without Git's marks"]


def _node_problems(node: Node, seen: set[int], within: tuple[int, ...]) -> Iterator[tuple[int, str]]:
    """Keys that stand twice, and values that are not the same to every reader; each with its line."""
    if id(node) in within:
        yield _line(node), f"line {_line(node)}: holds itself, by an alias; expected content that ends"
    if id(node) in seen:  # an alias
        return
    seen.add(id(node))
    if isinstance(node, MappingNode):
        yield from _twice(node)
        parts = [part for pair in node.value for part in pair]
    else:
        parts = node.value if isinstance(node, SequenceNode) else []
    for part in parts:
        yield from _node_problems(part, seen, (*within, id(node)))
    if isinstance(node, ScalarNode) and (half := _HALF.search(node.value)):
        yield (
            _line(node),
            f"line {_line(node)}: half a character, \\u{ord(half[0]):x}; expected the whole one, \\U and 8 digits",
        )
    if isinstance(node, ScalarNode) and node.style is None and (unclear := _unclear(node.value)):
        what, expected = unclear
        line = f'line {_line(node)}: {what}; got {cut(node.value)}; expected {expected}, or text in quotes, "{cut(node.value)}"'
        yield _line(node), line


def _size(node: Node, known: dict[int, int]) -> int:
    """How many values a node holds, where each alias stands for all that it means. One that holds itself has an end too."""
    if id(node) not in known:
        known[id(node)] = 1
        parts = node.value if isinstance(node, MappingNode | SequenceNode) else []
        inner = [part for pair in parts for part in pair] if isinstance(node, MappingNode) else parts
        known[id(node)] += sum(_size(part, known) for part in inner)
    return known[id(node)]


def _twice(node: MappingNode) -> Iterator[tuple[int, str]]:
    first: dict[Hashable, Node] = {}
    for key, _ in node.value:
        if isinstance(key, ScalarNode) and (earlier := first.setdefault((key.tag, key.value), key)) is not key:
            lines = sorted({_line(earlier), _line(key)})
            where = f"lines {lines[0]} and {lines[1]}" if len(lines) > 1 else f"line {lines[0]}"
            yield _line(key), f"{where}: a key twice in one mapping; got '{key.value}'; expected it once"


_HALF = re.compile("[\ud800-\udfff]")
"""A half of a character, as JSON escapes those beyond the first 65,536."""


def _unclear(text: str) -> tuple[str, str] | None:
    """What is the matter with a value that has no quotes, and what is expected."""
    if _AMBIGUOUS.fullmatch(text):
        return "not the same number to every reader of YAML", "a plain number"
    if _LONG_NUMBER.fullmatch(text):
        return f"a number of {len(text):,} digits", "one that people can read"
    if _DATE.fullmatch(text):
        try:
            date.fromisoformat(text)
        except ValueError:
            return "no day of any calendar", "a date such as 2027-03-31"
    return None


def _line(node: Node) -> int:
    line: int = node.start_mark.line + 1
    return line


_HINTS = {
    "mapping values are not allowed here": "text with ': ' in it wants quotes, and a key must not be deeper than those beside it",
    "expected <block end>": "an indentation that fits nothing above it",
    "cannot start any token": "text that starts with it wants quotes",
    "but found another document": "expected one document, without a second '---'",
}


def _syntax(error: MarkedYAMLError, text: str) -> str:
    mark = error.problem_mark or error.context_mark
    lines = text.splitlines()
    if mark is None:
        return f"not YAML: {error.problem}"
    here = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in here[: mark.column + 1]:
        return f"not YAML at line {mark.line + 1}, column {mark.column + 1}: a tab; expected spaces"
    hint = next((f" ({hint})" for part, hint in _HINTS.items() if part in str(error.problem)), "")
    return f"not YAML at line {mark.line + 1}, column {mark.column + 1}: {error.problem}{hint}"

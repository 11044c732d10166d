"""Reading YAML files so that what is wrong with one fits into a line."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError


class YamlFileError(Exception):
    """A file that is not there or not YAML; the text says which, and where in it."""


def load(path: Path) -> Any:
    """The content of a YAML 1.2 file with one document."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise YamlFileError(f"{path.name}: cannot be read: {error.strerror}; expected a file at {path}") from error
    except UnicodeDecodeError as error:
        raise YamlFileError(f"{path.name}: not UTF-8 text at byte {error.start}; expected a YAML file") from error
    try:
        return YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "somewhere"
        raise YamlFileError(f"{path.name}: not YAML at {where}: {error.problem}") from error
    except (YAMLError, ValueError) as error:  # a ValueError: a date that no calendar has
        raise YamlFileError(f"{path.name}: not YAML: {' '.join(str(error).split())}") from error

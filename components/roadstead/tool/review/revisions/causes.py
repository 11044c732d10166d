"""Which file of a change a finding comes from, where it is not the one that the resource is declared in."""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from roadstead.tool.review.difference.urns import Urn
from roadstead.tool.review.finding import Finding
from roadstead.tool.review.revisions import git
from roadstead.tool.review.revisions.deciding import is_review
from roadstead.tool.review.revisions.revision import Comparison

_OWN = re.compile(r"(?:infra/releases/|(?:.*/)?Pulumi\.)([^/]+)\.yaml")
"""A stack's own files."""
_CODE = re.compile(r".*\.(?:py|ya?ml|json)")
_NO_PROGRAM = re.compile(r"(?:tests|docs|scripts|tools|policy|findings|examples|\.[^/]*)/.*|infra/waivers\.yaml")
_TEAM = re.compile(r"infra/teams/.*")
"""One that is not the finding's own is the cause only where nothing else is."""


class Causes:
    """The files that a change touches."""

    def __init__(self, project: Path, rendered: Comparison, changed: Iterable[str]) -> None:
        """`changed` from the top of the repository."""
        self._rendered, self._place = rendered, project.resolve().relative_to(rendered.repository)
        self._changed = frozenset(changed)

    @property
    def changed(self) -> list[str]:
        """The files, from the project's folder."""
        return [_from(self._place, name) for name in sorted(self._changed)]

    def named(self, finding: Finding) -> Finding:
        """A finding that the change brings, about a file that the change touches."""
        declared = (self._place / finding.file).as_posix() if finding.file else None
        if not finding.is_new or declared in self._changed:
            return finding
        causes = self._causes(Urn.of(finding.resource).stack) if finding.resource.startswith("urn:") else []
        if not causes:
            return finding
        shown = [_from(self._place, name) for name in causes]
        line = self._line(causes[0])
        return replace(finding, file=shown[0], key=f"line {line}" if line else None, others=tuple(shown[1:]))

    def _causes(self, stack: str) -> list[str]:
        """The files that the program of a stack may be made of, its own first."""
        mine = [name for name in self._program if (own := _OWN.fullmatch(name)) and own[1] == stack]
        code = [name for name in self._program if not _OWN.fullmatch(name) and not _TEAM.fullmatch(name)]
        return [*mine, *code] or [name for name in self._program if _TEAM.fullmatch(name)]

    @cached_property
    def _program(self) -> list[str]:
        """Changed files of code and data, without those that only the review is made of."""
        repository = self._rendered.repository
        files = [name for name in sorted(self._changed) if _CODE.fullmatch(name) and not is_review(repository, name)]
        return [name for name in files if not _NO_PROGRAM.fullmatch(_from(self._place, name))]

    def _line(self, name: str) -> int | None:
        """Where in a file of code the change begins. Other files have keys, and which of them it is nobody knows."""
        repository, commit = self._rendered.repository, self._rendered.commit
        return git.first_changed_line(repository, commit, name) if name.endswith(".py") else None


def _from(place: Path, name: str) -> str:
    """A file as it is named from the project's folder, if it lies in there."""
    return Path(name).relative_to(place).as_posix() if Path(name).is_relative_to(place) else name

"""How commands end: what a user can mend is one message and a code, never a traceback."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from roadstead.core.credentials import hidden_text
from roadstead.tool.offline.errors import InputError, OfflineError
from roadstead.tool.review.finding import Finding, Severity

BAD_INPUT, FAILED, FOUND = 2, 1, 3
FailOn = Annotated[Severity, typer.Option(help="End with 3 for findings as bad as this.")]


@contextmanager
def telling_errors() -> Iterator[None]:
    """Prints what went wrong to standard error: exit code 2 for bad input, 1 for a program that fails."""
    try:
        yield
    except InputError as error:
        _end(str(error), BAD_INPUT)
    except OfflineError as error:
        _end(str(error), FAILED)


def end_for(findings: Iterable[Finding], fail_on: Severity) -> None:
    """Ends the command with 3 where a finding is as bad as that."""
    bad = list(Severity)[: list(Severity).index(fail_on) + 1]
    if any(finding.severity in bad for finding in findings):
        raise typer.Exit(FOUND)


def _end(text: str, code: int) -> None:
    print(f"error: {hidden_text(text)}", file=sys.stderr)
    raise typer.Exit(code)

"""What commands that report findings share: where the text goes, and how they end."""

from collections.abc import Iterable
from pathlib import Path

import typer

from roadstead.cli.exits import FOUND
from roadstead.review.finding import Finding, Severity


def write(text: str, out: Path | None) -> None:
    """Writes a report to a file, which is said, or to standard output."""
    if out is None:
        typer.echo(text, nl=False)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    typer.echo(f"Written to {out}.")


def end_for(findings: Iterable[Finding], fail_on: Severity) -> None:
    """Ends the command with 3 where a finding is as bad as that."""
    bad = list(Severity)[: list(Severity).index(fail_on) + 1]
    if any(finding.severity in bad for finding in findings):
        raise typer.Exit(FOUND)

"""The command `roadstead`."""

import typer

from roadstead.tool.cli import diff, facts, preview, sandbox, upgrade

app = typer.Typer(
    help="An Amazon EKS platform in Pulumi: see what an environment would be, without AWS and without the Pulumi CLI.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(preview.preview)
app.command()(diff.diff)
app.command()(upgrade.upgrade)
app.add_typer(facts.app, name="facts")
app.add_typer(sandbox.app, name="sandbox")


@app.callback()
def _root() -> None:
    """Keeps every command a word of its own, also while there is but one."""

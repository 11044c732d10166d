"""`python -m roadstead.tool.cli`: the command, where its script is not on the path."""

from roadstead.tool.cli.main import app

app()

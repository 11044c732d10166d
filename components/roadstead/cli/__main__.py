"""`python -m roadstead.cli`: the command, where its script is not on the path."""

from roadstead.cli.main import app

app()

"""`python -m roadstead.tool.cli`, and the script `roadstead`: the command, where what it needs is installed."""

import sys


def main() -> None:
    """Runs the command."""
    try:
        from roadstead.tool.cli.main import app
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] == "roadstead":
            raise
        sys.exit(f"roadstead: the command needs {error.name}; install it with: pip install 'roadstead[tool]'")
    app()


if __name__ == "__main__":
    main()

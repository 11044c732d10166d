"""The error that a user of the library sees: every problem at once, and no traceback."""

from collections.abc import Sequence

import pulumi


class ArgsError(pulumi.RunError):
    """A component was given arguments that it cannot build from.

    A `pulumi.RunError`, because Pulumi prints the text of one alone and a traceback for anything else.
    """

    def __init__(self, component: str, name: str, problems: Sequence[str]) -> None:
        lines = "\n".join(f"  {text}" for text in problems)
        super().__init__(f'{component} "{name}": {counted(len(problems), "problem")}\n{lines}')


def counted(number: int, noun: str) -> str:
    """`1 problem`, `2 problems`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

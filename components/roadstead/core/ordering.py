"""Order by data flow: whoever uses a value waits for what must exist before it is of use."""

from typing import TypeVar

from pulumi import Output

T = TypeVar("T")


def after(value: Output[T], *ready: Output[str]) -> Output[T]:
    """`value`, once everything in `ready` exists.

    Give outputs that a preview knows (a name that was an input) where the value should stay known in a first preview.
    """
    return Output.all(value, *ready).apply(lambda values: values[0])

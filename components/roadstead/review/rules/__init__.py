"""The rules: each looks at a stack's difference and says what somebody should look at."""

from collections.abc import Callable, Iterable

from roadstead.review.change import StackDiff
from roadstead.review.finding import Finding

RULES: tuple[Callable[[StackDiff], Iterable[Finding]], ...] = ()

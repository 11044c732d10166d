"""Kubernetes quantities as exact numbers.

https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ and `ParseQuantity` in
pkg/api/resource/quantity.go of apimachinery 0.36.
"""

import re
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from roadstead.core import advice
from roadstead.core.problems import problem

_SUFFIXES = {
    **{suffix: Fraction(1, 1000**power) for power, suffix in enumerate(("", "m", "u", "n"))},
    **{suffix: Fraction(1000**power) for power, suffix in enumerate(("k", "M", "G", "T", "P", "E"), start=1)},
    **{suffix: Fraction(1024**power) for power, suffix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), start=1)},
}
_QUANTITY = re.compile(
    r"([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d{1,18})|([numkMGTPE]|[KMGTPE]i)?)", re.ASCII | re.DOTALL
)
_LONGEST = 1000
"""Characters of a quantity, and zeros that an exponent adds: more are no number that anybody means."""
MOST = Fraction(2**63 - 1)
"""Kubernetes counts no further: it takes more for this much."""
_LEAST = Fraction(1, 10**9)
"""It takes less, if it is not nothing, for this much."""
LEAST_CPU, MOST_CPU, MOST_CPU_OF_A_POD = Fraction(1, 1000), Fraction(10_000), Fraction(1000)
"""In cores. The API's smallest step; and more than whole clusters, or the largest node, have: thousandths were meant."""
LEAST_MEMORY = Fraction(advice.LEAST_MEMORY_MIB * 1024**2)
"""In bytes."""


MOST_NODES, MOST_PODS = 5_000, 150_000
"""Of one cluster. https://kubernetes.io/docs/setup/best-practices/cluster-large/"""


class Amount(NamedTuple):
    """What pods take, or what there is for them."""

    cpu: Fraction
    """Cores."""
    memory: Fraction
    """Bytes."""
    pods: int

    def times(self, number: int) -> "Amount":
        """As much for several."""
        return Amount(self.cpu * number, self.memory * number, self.pods * number)

    def plus(self, other: "Amount") -> "Amount":
        """Both together."""
        return Amount(self.cpu + other.cpu, self.memory + other.memory, self.pods + other.pods)

    def fits(self, room: "Amount") -> bool:
        """Whether there is enough of everything."""
        return self.cpu <= room.cpu and self.memory <= room.memory and self.pods <= room.pods


NOTHING = Amount(Fraction(0), Fraction(0), 0)


def parse(quantity: str) -> Fraction:
    """`250m` as 1/4, `1Gi` as 1073741824, `1e3` as 1000. Raises `ValueError` for anything else."""
    exact = _exact(quantity)
    if exact is None:
        raise ValueError(quantity)
    size = min(max(abs(exact), _LEAST), MOST) if exact else exact
    return size if exact >= 0 else -size


def _exact(quantity: str) -> Fraction | None:
    match = _QUANTITY.fullmatch(quantity) if len(quantity) <= _LONGEST else None
    if match is None:
        return None
    number, exponent, suffix = match.groups()
    power = min(max(int(exponent or 0), -_LONGEST), _LONGEST)
    return Fraction(Decimal(number)) * Fraction(10) ** power * _SUFFIXES[suffix or ""]


def cpu(cores: Fraction) -> str:
    """Cores as Kubernetes writes them back: `250m`, `2`. Rounded up to a thousandth, the API's smallest step."""
    thousandths = -(-cores * 1000 // 1)
    return f"{thousandths // 1000}" if thousandths % 1000 == 0 else f"{thousandths}m"


def memory(size: Fraction) -> str:
    """Bytes in the largest binary unit that divides them: `512Mi`, `24Gi`. Rounded up to a whole byte."""
    whole = -(-size // 1)
    for suffix in ("Ti", "Gi", "Mi", "Ki"):
        if whole and whole % _SUFFIXES[suffix] == 0:
            return f"{whole // _SUFFIXES[suffix]}{suffix}"
    return f"{whole}"


def cpu_problems(path: str, quantity: str, *, of_pod: bool = True) -> list[str]:
    """A problem when `quantity` is not an amount of CPU that pods can ask for: a thousandth of a core or more."""
    cores, most = _exact(quantity), MOST_CPU_OF_A_POD if of_pod else MOST_CPU
    if cores is not None and LEAST_CPU <= cores <= most:
        return []
    instead = advice.cpu(quantity, of_pod=of_pod)
    at_most = f", {most} at most" if cores is not None and cores > most else ""
    expected = f"cores: write {instead}" if instead else f"cores{at_most}, e.g. '250m' or '2'"
    return [problem(path, "no amount of CPU", quantity, expected)]


def memory_problems(path: str, quantity: str, *, of_pod: bool = True, most: Fraction | None = None) -> list[str]:
    """A problem when `quantity` is not an amount of memory in which something can run.

    No advice is more than `most` bytes; whether the amount itself is, the caller says.
    """
    size = _exact(quantity)
    is_in_parts = quantity.endswith(("m", "u", "n"))  # of a thousand, a million or a billion
    if size is not None and LEAST_MEMORY <= size <= MOST and not is_in_parts:
        return []
    if size is not None and size > MOST:
        return [problem(path, "more than Kubernetes counts", quantity, f"less than 8Ei, {MOST} bytes at most")]
    what = "no amount of memory"
    if size is not None:
        what = "thousandths of a byte" if is_in_parts else "less memory than anything runs in"
    instead = advice.memory(quantity, of_pod=of_pod)
    if instead and most is not None and parse(instead) > most:
        instead = None
    allowed = f"{advice.LEAST_MEMORY_MIB}Mi {'or more' if most is None else f'to {memory(most)}'}"
    examples = "'512Mi' or '24Gi'" if most is None else "'512Mi'"
    expected = f"{allowed}: write {instead}" if instead else f"{allowed}, e.g. {examples}"
    return [problem(path, what, quantity, expected)]

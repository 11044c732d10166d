"""What a process takes."""

import os
import subprocess
import time
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple


class Cost(NamedTuple):
    """What a process took."""

    seconds: float
    megabytes: float
    """Its peak, or that of the largest process that it started."""


def run(command: Sequence[str], allowed: Sequence[int] = (0,)) -> Cost:
    """Wall time and peak memory of one process, which must end with a status that is allowed."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONWARNINGS": "ignore"})
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in allowed:
        raise SystemExit(f"failed: {' '.join(command)}")
    return Cost(time.perf_counter() - started, usage.ru_maxrss / 1024)


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each."""
    return Cost(median(cost.seconds for cost in costs), median(cost.megabytes for cost in costs))

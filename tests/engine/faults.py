"""What goes wrong at the stand-in providers, and when."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock

import grpc


class RefusedError(Exception):
    """The operation that was to fail."""


@dataclass
class Faults:
    """Settings of a run. Counted are the operations that change something, of all providers together, from one."""

    latency_seconds: float = 0.0
    fail_at: int = 0
    """The operation that is refused. Zero: none."""
    halt_at: int = 0
    """The operation that is never answered, nor is any after it. Zero: none."""
    halt_when_done: bool = False
    """Whether the halted operation has taken effect, so that nobody knows of what it made."""
    operations: int = 0
    """How many there were."""
    halted: Event = field(default_factory=Event)
    """Set once the operation to halt at is reached."""
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def operation(self, context: grpc.ServicerContext) -> Iterator[None]:
        """One operation: slow, refused or never answered, as the settings say."""
        with self._lock:
            self.operations += 1
            number = self.operations
        time.sleep(self.latency_seconds)
        if number == self.fail_at:
            raise RefusedError(f"operation {number} is refused")
        if self.halt_at and number > self.halt_at - (not self.halt_when_done):
            self._hang(number, context)
        yield
        if number == self.halt_at:
            self._hang(number, context)

    def _hang(self, number: int, context: grpc.ServicerContext) -> None:
        if number == self.halt_at:
            self.halted.set()
        while context.is_active():
            time.sleep(0.02)
        context.abort(grpc.StatusCode.CANCELLED, f"nobody waits for operation {number} any more")

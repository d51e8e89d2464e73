"""SIGTERM and SIGINT: a run ends between two steps, a load by rolling back, a child by being asked to."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Protocol

from plumbline.exit_codes import ExitCode

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
# DuckDB may be deep in a query that does not hear that it is to end.
_PATIENCE_SECONDS = 10.0


class Stopped(BaseException):
    """The process was asked to end. No handler of errors is meant to catch it."""


class Child(Protocol):
    """A process that can be signalled."""

    def send_signal(self, signal: int, /) -> None:
        """Sends it a signal."""


class Stop:
    """What is known of a wish to end. One exists for a process; only its main thread may use it."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self._is_interruptible = False
        self._child: Child | None = None
        self._killer: threading.Timer | None = None

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of a process that was asked to end."""
        return ExitCode.INTERRUPTED if self.signal == signal.SIGINT else ExitCode.TERMINATED

    def check(self) -> None:
        """Raises Stopped when the process was asked to end."""
        if self.signal is not None:
            raise Stopped

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Ends the block, wherever it is, by Stopped when the process is asked to end."""
        self._is_interruptible = True
        try:
            self.check()
            yield
        except BaseException:
            # DuckDB turns what is raised while a query runs into an error of its own.
            self.check()
            raise
        finally:
            self._is_interruptible = False

    @contextmanager
    def forwarded(self, child: Child) -> Iterator[None]:
        """Asks a child to end when this process is asked to; kills it by a second signal, or where it takes long."""
        self._child = child
        try:
            if self.signal is not None:
                self._ask(child)
            yield
        finally:
            self._child = None
            if self._killer is not None:
                self._killer.cancel()

    def _ask(self, child: Child) -> None:
        child.send_signal(signal.SIGINT)
        self._killer = threading.Timer(_PATIENCE_SECONDS, child.send_signal, [signal.SIGKILL])
        self._killer.daemon = True
        self._killer.start()

    def _handle(self, number: int, frame: FrameType | None) -> None:
        is_second = self.signal is not None
        self.signal = self.signal or number
        if self._child is not None and is_second:
            self._child.send_signal(signal.SIGKILL)
        elif self._child is not None:
            self._ask(self._child)
        elif self._is_interruptible and not is_second:
            raise Stopped


@contextmanager
def stop_signals() -> Iterator[Stop]:
    """Handles SIGTERM and SIGINT while the block runs."""
    stop = Stop()
    before = {number: signal.signal(number, stop._handle) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""What the exit code of `plumbline` says. docs/operations.md explains each."""

from __future__ import annotations

import signal
from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended; where several things failed, the gravest: the build, then a feed, then what follows."""

    OK = 0
    FEED_FAILED = 1
    WRONG_SETTINGS = 2
    BUILD_FAILED = 3
    AFTER_BUILD_FAILED = 4
    BREAKING_CHANGE = 5
    GRAVE_FINDINGS = 6
    LOCKED = 75  # EX_TEMPFAIL of sysexits.h: nothing was done, try again later
    INTERRUPTED = 128 + signal.SIGINT
    TERMINATED = 128 + signal.SIGTERM

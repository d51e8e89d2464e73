"""What a run says: lines for people, or one JSON object a line for machines. Neither holds a secret.

Every JSON object has the fields time (UTC, ISO 8601), level (debug, info, warning, error), run (its id), step,
event and message; which other fields an event has, docs/operations.md says.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import sys
from collections.abc import Sequence
from typing import Any, Protocol, TextIO

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from plumbline.errors import mask
from plumbline.exit_codes import ExitCode
from plumbline.load import FeedResult
from plumbline.progress import Reporter, outcome, reporter_for
from plumbline.steps import StepResult
from plumbline.terminal import printable


class Log(Protocol):
    """Takes the events of a run."""

    is_coloured: bool

    def event(self, step: str, event: str, message: str, level: str = "info", **fields: Any) -> None:
        """Says that something happened."""

    def reporter(self, step: str) -> Reporter:
        """Returns what hears how the feeds of a step are loaded."""

    def run_ended(self, results: Sequence[StepResult], code: ExitCode) -> None:
        """Says how a run ended, with what became of its steps."""


class TextLog:
    """Prints each event's message."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.is_coloured = console.is_terminal and not console.no_color

    def event(self, step: str, event: str, message: str, level: str = "info", **fields: Any) -> None:
        """Prints the message, after the time of day where the event brings its own."""
        time = f"{fields['time'][11:19]}  " if "time" in fields else ""
        text = Text.from_ansi(time + mask(message)) if self.is_coloured else Text(time + mask(message))
        safe = printable(text.plain, keep="\n")
        self._console.print(text if safe == text.plain else Text(safe), highlight=False, soft_wrap=True)

    def reporter(self, step: str) -> Reporter:
        """Returns a reporter that prints to the same place."""
        return reporter_for(self._console)

    def run_ended(self, results: Sequence[StepResult], code: ExitCode) -> None:
        """Prints the table that closes a run."""
        table = Table(box=None, pad_edge=False)
        table.add_column("step")
        table.add_column("result")
        table.add_column("seconds", justify="right")
        table.add_column("what", overflow="fold")
        for result in results:
            table.add_row(result.step, result.result, f"{result.seconds:.1f}", escape(printable(mask(result.summary))))
        self._console.print()
        self._console.print(table)


class JsonLog:
    """Writes a JSON object a line."""

    is_coloured = False

    def __init__(self, run_id: str, stream: TextIO | None = None) -> None:
        self._run_id = run_id
        self._stream = stream or sys.stdout

    def event(self, step: str, event: str, message: str, level: str = "info", **fields: Any) -> None:
        """Writes the event."""
        known = {name: mask(value) if isinstance(value, str) else value for name, value in fields.items()}
        written = {
            "time": known.pop("time", None) or _now(),
            "level": level,
            "run": self._run_id,
            "step": step,
            "event": event,
            "message": mask(message),
            **{name: value for name, value in known.items() if value is not None},
        }
        self._stream.write(json.dumps(written, default=str) + "\n")
        self._stream.flush()

    def reporter(self, step: str) -> Reporter:
        """Returns a reporter that writes events of this step."""
        return _EventReporter(self, step)

    def run_ended(self, results: Sequence[StepResult], code: ExitCode) -> None:
        """Writes the event that closes a run."""
        steps = [dataclasses.asdict(result) for result in results]
        level = "info" if code == ExitCode.OK else "error"
        self.event("run", "run_ended", f"Ended with exit code {code}.", level, exit_code=int(code), steps=steps)


class _EventReporter:
    """Makes events of how feeds are loaded."""

    def __init__(self, log: Log, step: str) -> None:
        self._log = log
        self._step = step

    def feed_started(self, name: str, kind: str) -> None:
        self._log.event(self._step, "feed_started", f"{name} ({kind}): loading", feed=name, kind=kind)

    def progress(self, what: str, share: float) -> None:
        pass

    def note(self, name: str, text: str) -> None:
        self._log.event(self._step, "feed_note", f"{name}: {text}", feed=name)

    def feed_ended(self, result: FeedResult) -> None:
        self._log.event(
            self._step,
            "feed_ended",
            "\n".join(outcome(result)),
            level="info" if result.error is None else "error",
            feed=result.name,
            kind=result.kind,
            result=result.state,
            seconds=round(result.seconds, 3),
            records_landed=result.landed,
            records_rejected=result.rejected,
            rejected_for=result.reasons or None,
        )


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

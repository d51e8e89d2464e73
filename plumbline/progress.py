"""What people see of a load: a moving display on a terminal, plain lines elsewhere, a table at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from plumbline.errors import mask
from plumbline.terminal import printable

if TYPE_CHECKING:
    from plumbline.load import FeedResult

_MOST_REASONS = 10


class Reporter(Protocol):
    """Hears how a load goes."""

    def feed_started(self, name: str, kind: str) -> None:
        """A feed begins."""

    def progress(self, what: str, share: float) -> None:
        """The feed is at `what`, and this share of it (0 to 1) is done."""

    def note(self, name: str, text: str) -> None:
        """Something about a feed that is worth knowing and no error."""

    def feed_ended(self, result: FeedResult) -> None:
        """A feed ended, well or not."""


class PlainReporter:
    """Prints lines, for logs."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def _print(self, text: str) -> None:
        self._console.print(printable(mask(text)), markup=False, highlight=False, soft_wrap=True)

    def feed_started(self, name: str, kind: str) -> None:
        """Prints that a feed begins."""
        self._print(f"{name} ({kind}): loading")

    def progress(self, what: str, share: float) -> None:
        """Prints nothing."""

    def note(self, name: str, text: str) -> None:
        """Prints a note."""
        self._print(f"{name}: note: {text}")

    def feed_ended(self, result: FeedResult) -> None:
        """Prints what a feed gave."""
        for line in outcome(result):
            self._print(line)


class LiveReporter(PlainReporter):
    """Shows a bar that moves while a feed is loaded."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.fields[feed]}"),
            BarColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task: TaskID | None = None

    def feed_started(self, name: str, kind: str) -> None:
        """Starts a feed's bar."""
        self._progress.start()
        self._task = self._progress.add_task("", feed=escape(f"{name} ({kind})"), total=1.0)

    def progress(self, what: str, share: float) -> None:
        """Moves the bar."""
        if self._task is not None:
            self._progress.update(self._task, completed=share, description=escape(printable(mask(what[-60:]))))

    def feed_ended(self, result: FeedResult) -> None:
        """Takes the bar away and prints what the feed gave."""
        if self._task is not None:
            self._progress.remove_task(self._task)
            self._task = None
        self._progress.stop()
        super().feed_ended(result)


def outcome(result: FeedResult) -> list[str]:
    """Returns what a feed gave, in lines for people."""
    if result.error is not None:
        return [f"{result.name}: failed: {result.error}"]
    text = "nothing new" if result.state == "unchanged" else f"{result.landed:,} records landed"
    if result.rejected:
        text += f", {result.rejected:,} rejected"
    lines = [f"{result.name}: {text}"]
    most = sorted(result.reasons.items(), key=lambda item: (-item[1], item[0]))
    lines += [f"{result.name}: rejected {count:,}: {reason}" for reason, count in most[:_MOST_REASONS]]
    if len(most) > _MOST_REASONS:
        lines.append(f"{result.name}: and for {len(most) - _MOST_REASONS} other reasons: see raw.rejected_records")
    return lines


def reporter_for(console: Console) -> Reporter:
    """Returns the reporter that fits where the output goes."""
    return LiveReporter(console) if console.is_terminal else PlainReporter(console)


def closing_table(results: Sequence[FeedResult]) -> Table:
    """Returns the table that closes a load: feed, files or tables, landed, rejected, seconds."""
    table = Table(box=None, pad_edge=False)
    table.add_column("feed")
    for name in ("files or tables", "landed", "rejected", "seconds"):
        table.add_column(name, justify="right")
    table.add_column("state")
    for result in results:
        table.add_row(
            escape(f"{result.name} ({result.kind})"),
            f"{result.files_or_tables:,}",
            f"{result.landed:,}",
            f"{result.rejected:,}",
            f"{result.seconds:.1f}",
            result.state,
        )
    return table

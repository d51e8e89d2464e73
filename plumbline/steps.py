"""What became of a step of a run."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class StepResult:
    """How a step ended: ok, failed, stopped or skipped; the time it took; numbers of things, and a word on it."""

    step: str
    result: str
    seconds: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)
    note: str = ""

    @property
    def summary(self) -> str:
        """What it did, for people."""
        parts = [f"{count:,} {name.replace('_', ' ')}" for name, count in self.counts.items()]
        return ", ".join([*parts, *filter(None, [self.note])])

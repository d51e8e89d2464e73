"""The truth: what was planted, where and when, and what looks like it and is none."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from rich.table import Table

from plumbline.simulate.output import JsonList

Origin = Literal["planted", "consequence"]


@dataclass
class Truth:
    """Writes truth.json as the truth becomes known."""

    records: JsonList
    end: datetime.datetime
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many records there are, by rule and kind: planted, look-alike or consequence."""

    def add(
        self,
        rule_id: str,
        subject_type: str,
        subject_name: str,
        planted_at: datetime.datetime,
        explanation: str,
        *,
        ended_at: datetime.datetime | None = None,
        strength: float = 1.0,
        look_alike: bool = False,
        origin: Origin = "planted",
    ) -> None:
        """Writes one truth; `ended_at` is none for what lasts to the end, `strength` is from 0 to 1."""
        self.counts[rule_id, "look-alike" if look_alike else origin] += 1
        self.records.add(
            {
                "rule_id": rule_id,
                "subject_type": subject_type,
                "subject_name": subject_name,
                "planted_at": _time(planted_at),
                "ended_at": _time(ended_at) if ended_at is not None and ended_at < self.end else None,
                "strength": round(strength, 3),
                "look_alike": look_alike,
                "origin": origin,
                "explanation": explanation,
            }
        )


def _time(at: datetime.datetime) -> str:
    return f"{at.isoformat(timespec='seconds')}Z"


def truth_table(counts: Counter[tuple[str, str]]) -> Table:
    """Returns what is printed at the end: how often each fault, its look-alike and its consequences are there."""
    table = Table(box=None, pad_edge=False)
    table.add_column("rule")
    for name in ("planted", "look-alike", "consequence"):
        table.add_column(name, justify="right")
    for rule_id in sorted({rule for rule, _ in counts}):
        table.add_row(rule_id, *(f"{counts[rule_id, kind]:,}" for kind in ("planted", "look-alike", "consequence")))
    return table

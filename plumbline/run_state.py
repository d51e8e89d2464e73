"""What is known of the last run, for `plumbline run --retry`: one small file among dbt's artifacts."""

from __future__ import annotations

import dataclasses
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

_NAME = "plumbline_run.state"


@dataclass
class RunState:
    """A run's warehouse, selection, and the result of each step that began (ok, failed, stopped or running).

    `build_id` is the invocation_id of a dbt build that ran to its end, well or not, with results to retry from.
    """

    warehouse: str
    select: tuple[str, ...] = ()
    steps: dict[str, str] = field(default_factory=dict)
    build_id: str | None = None

    def write(self, folder: Path) -> None:
        """Writes the state, whole or not at all. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / f"{_NAME}.new"
        fresh.write_text(json.dumps(dataclasses.asdict(self)), encoding="utf-8")
        os.replace(fresh, folder / _NAME)

    @staticmethod
    def read(folder: Path) -> RunState | None:
        """Returns the state of the last run, or None where there is none that can be read."""
        try:
            known = json.loads((folder / _NAME).read_text(encoding="utf-8"))
            return RunState(**{**known, "select": tuple(known["select"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None

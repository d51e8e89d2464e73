"""The sample, and the same metadata once more, six months earlier, in the same feeds."""

from __future__ import annotations

import csv
import gzip
import re
import shutil
from pathlib import Path

NOW, THEN = "2026-11-", "2026-05-"
_UUID = re.compile(r"\b([0-9a-f]{8})(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b")
# Tables of Airflow that hold what happened, and their columns that number it.
_HISTORY = {
    "dag_run": ("id",),
    "task_instance": ("id",),
    "task_instance_history": ("task_instance_id",),
    "task_reschedule": ("id", "ti_id"),
    "asset_event": ("id",),
    "dagrun_asset_event": ("dag_run_id", "event_id"),
    "log": ("id",),
    "job": ("id",),
}


def _aged(text: str) -> str:
    return _UUID.sub(lambda found: found[1][::-1] + found[2], text.replace(NOW, THEN))


def _other(number: str) -> str:
    """Another number, or another UUID in place of one."""
    return f"9{number[1:]}" if len(number) == 32 else f"9{number}"


def add_aged(sample: Path) -> None:
    """Add to a copy of the sample's feeds what they would have held six months before."""
    lineage = sample / "openlineage"
    events = "".join(gzip.decompress(path.read_bytes()).decode() for path in sorted(lineage.glob("*.ndjson.gz")))
    (lineage / "aged.ndjson").write_text(_aged(events))
    for folder in [path for path in (sample / "dbt").iterdir() if path.is_dir()]:
        copy = shutil.copytree(folder, folder.with_name(f"aged_{folder.name}"))
        for file in copy.glob("*.json"):
            file.write_text(_aged(file.read_text()))
    for table, numbers in _HISTORY.items():
        path = sample / "airflow" / f"{table}.csv"
        with path.open(newline="") as file:
            reader = csv.DictReader(file)
            names, rows = list(reader.fieldnames or ()), list(reader)
        with path.open("a", newline="") as file:
            writer = csv.DictWriter(file, names)
            for row in rows:
                aged = {name: value.replace(NOW, THEN) for name, value in row.items()}
                writer.writerow({**aged, **{name: _other(aged[name]) for name in numbers}})

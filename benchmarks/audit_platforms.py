"""Simulated platforms that the audit is measured on: how one is made, loaded and built, and what is true of it."""

from __future__ import annotations

import csv
import datetime
import filecmp
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

PROJECT = Path(__file__).resolve().parents[1]
LEFT_OUT = (".git", ".venv", "target", "logs", "readers", "sample", "*.duckdb*", "__pycache__", ".*_cache")
START = datetime.datetime(2026, 1, 5)
# Without a window a rule judges what is so at the end; so do SI03, which looks back only to see for how long a check
# has been warning, and DJ01, whose jobs have to be active.
AT_THE_END_DAYS = 1.0
OTHER_WINDOWS = {"SI03": AT_THE_END_DAYS, "DJ01": AT_THE_END_DAYS}
# A fault that ended when the window had hardly begun may have left too little in it.
MARGIN = datetime.timedelta(days=7)
INSTANTS = ("run", "incident", "deployment")
FINDINGS = "+fct_findings"
Key = tuple[str, str]


def copy_of_project(folder: Path) -> Path:
    """Copies the project, so that the registries of the platforms stay out of it."""
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    return folder


@dataclass
class Platform:
    """A simulated platform and its warehouse."""

    project: Path
    seed: int
    days: int
    pipelines: int
    has_faults: bool = True
    truths: list[dict[str, Any]] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.project.parent / "platform"

    @property
    def warehouse(self) -> Path:
        """Where it is built."""
        return self.project.parent / "quality.duckdb"

    def build(self, until: datetime.datetime) -> None:
        """Simulates up to an instant, loads what is new and builds, as a start on that day would have."""
        self.simulate(until)
        self.load()
        self.build_models(FINDINGS)

    def simulate(self, until: datetime.datetime) -> None:
        """Writes its files as they are at an instant, and its registry into the project.

        What was there before with the same content stays as it is, as on a platform that only writes what is new.
        """
        written = self.folder.with_name("written")
        size = ["--days", str(self.days), "--pipelines", str(self.pipelines), "--seed", str(self.seed)]
        options = [*size, "--until", until.date().isoformat(), "--faults" if self.has_faults else "--no-faults"]
        self._run("plumbline", "simulate", *options, "--out", str(written))
        for path in _files(self.folder) - _files(written):
            (self.folder / path).unlink()
        for path in _files(written):
            place = self.folder / path
            if not place.exists() or not filecmp.cmp(written / path, place, shallow=False):
                place.parent.mkdir(parents=True, exist_ok=True)
                (written / path).replace(place)
        shutil.rmtree(written)
        for seed_file in (self.folder / "registry").glob("*.csv"):
            shutil.copy(seed_file, self.project / "seeds")
        self.truths = json.loads((self.folder / "truth.json").read_text(encoding="utf-8"))["truths"]

    def load(self) -> None:
        """Loads what of its files is new."""
        self._run("plumbline", "load", "--config", str(self.folder / "plumbline.yml"))

    def build_models(self, *selected: str) -> None:
        """Builds models without their tests."""
        left_out = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
        self._run("plumbline.dbt_child", "build", "--select", *selected, *left_out)

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Asks the warehouse."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(statement).fetchall()

    def findings(self) -> dict[Key, str]:
        """Returns why there is a finding, by rule and subject; waived ones are none."""
        rows = self.query(
            "select rule_id, subject_name, reason from marts.fct_audit_results "
            "where verdict = 'finding' and not is_waived"
        )
        return {(rule, subject): reason for rule, subject, reason in rows}

    def remove(self) -> None:
        """Makes room for the next."""
        shutil.rmtree(self.folder)
        self.warehouse.unlink()

    def _run(self, module: str, *arguments: str) -> None:
        """Runs a module that must succeed. dbt's child ends with what holds its standard input."""
        environment = {**os.environ, "PLUMBLINE_DUCKDB_PATH": str(self.warehouse), "PYTHONPATH": str(self.project)}
        command = [sys.executable, "-m", module, *arguments]
        with subprocess.Popen(
            command,
            cwd=self.project,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            output = process.stdout.read() if process.stdout else b""
        if process.returncode:
            sys.exit(f"{' '.join(command)} failed:\n{output.decode()[-3000:]}")


def _files(folder: Path) -> set[Path]:
    """Returns the files in a folder, as seen from it."""
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}


def windows() -> dict[str, float]:
    """Returns how many days before the end each rule looks at."""
    with (PROJECT / "seeds" / "audit_thresholds.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["threshold_name"] == "window_days"]
    return {row["rule_id"]: float(row["threshold_value"]) for row in rows} | OTHER_WINDOWS


def moment(text: str) -> datetime.datetime:
    """Returns an instant of truth.json, without its zone."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=None)


def key_of(truth: dict[str, Any]) -> Key:
    """Returns what a truth is about: the rule and the subject."""
    return truth["rule_id"], truth["subject_name"]


def lasts_into(
    truth: dict[str, Any],
    until: datetime.datetime,
    days: dict[str, float],
    margin: datetime.timedelta = datetime.timedelta(),
) -> bool:
    """Says whether a truth lies in the time that its rule looks at. What happened at one instant does not last."""
    last = truth["planted_at"] if truth["subject_type"] in INSTANTS else truth["ended_at"]
    window = datetime.timedelta(days=days.get(truth["rule_id"], AT_THE_END_DAYS))
    return last is None or moment(last) >= until - window + min(margin, window / 4)

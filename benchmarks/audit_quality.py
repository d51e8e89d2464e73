"""Measure how often the audit is right, on simulated platforms whose faults are known.

For each seed: `plumbline simulate`, a load and a build without tests in a copy of the project that has the platform's
registry, and the verdicts of fct_audit_results held against truth.json. A platform is judged once, at its end.

planted  faults that lie in the time that the rule looks at (its threshold window_days, else the last day)
found    those of them that are a finding; waived ones are none
missed   those that are not
false    findings on subjects that never had such a fault; look-alikes are those of them that were planted to deceive

Prints a table, and with --publish writes it to docs/audit-quality.md.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

PROJECT = Path(__file__).resolve().parents[1]
PAGE = PROJECT / "docs" / "audit-quality.md"
LEFT_OUT = (".git", ".venv", "target", "logs", "readers", "sample", "*.duckdb*", "__pycache__", ".*_cache")
# Without a window a rule judges what is so at the end.
AT_THE_END_DAYS = 1.0
INSTANTS = ("run", "incident", "deployment")


@dataclass
class Tally:
    """What became of one rule's faults and findings."""

    planted: int = 0
    found: int = 0
    false: int = 0
    look_alikes: int = 0

    @property
    def recall(self) -> float | None:
        """The share of faults that were found; None where none was planted."""
        return self.found / self.planted if self.planted else None

    @property
    def precision(self) -> float | None:
        """The share of findings that are right; None where there is none."""
        findings = self.found + self.false
        return self.found / findings if findings else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(101, 121)))
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--pipelines", type=int, default=60)
    parser.add_argument("--publish", action="store_true", help=f"write {PAGE.relative_to(PROJECT)}")
    parser.add_argument("--details", action="store_true", help="name what was missed, and what is false")
    arguments = parser.parse_args()
    tallies: dict[str, Tally] = defaultdict(Tally)
    with tempfile.TemporaryDirectory(prefix="plumbline_quality_") as folder:
        project = copy_of_project(Path(folder) / "project")
        for seed in arguments.seeds:
            platform = Path(folder) / f"platform_{seed}"
            warehouse = build(project, platform, seed, arguments)
            for line in judge(platform, warehouse, windows(project), tallies):
                if arguments.details:
                    print(f"  seed {seed}: {line}")
            warehouse.unlink()
            shutil.rmtree(platform)
            print(f"seed {seed} judged", file=sys.stderr, flush=True)
    table = as_table(tallies)
    print(table)
    if arguments.publish:
        publish(table, arguments)


def copy_of_project(folder: Path) -> Path:
    """Copies the project, so that the registries of the platforms stay out of it."""
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    return folder


def build(project: Path, platform: Path, seed: int, arguments: argparse.Namespace) -> Path:
    """Simulates, loads and builds a platform; returns its warehouse."""
    warehouse = project / "quality.duckdb"
    environment = {**os.environ, "PLUMBLINE_DUCKDB_PATH": str(warehouse), "PYTHONPATH": str(project)}
    size = ["--days", str(arguments.days), "--pipelines", str(arguments.pipelines), "--seed", str(seed)]
    plumbline = [sys.executable, "-m", "plumbline"]
    run([*plumbline, "simulate", *size, "--out", str(platform)], project, environment)
    for seed_file in (platform / "registry").glob("*.csv"):
        shutil.copy(seed_file, project / "seeds")
    run([*plumbline, "load", "--config", str(platform / "plumbline.yml")], project, environment)
    left_out = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
    dbt = [sys.executable, "-m", "plumbline.dbt_child", "build", *left_out, "--exclude", "path:models/proposals"]
    run(dbt, project, environment)
    return warehouse


def run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    """Runs a command that must succeed. dbt's child ends with what holds its standard input."""
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        output = process.stdout.read() if process.stdout else b""
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{output.decode()[-3000:]}")


def windows(project: Path) -> dict[str, float]:
    """Returns how many days before the end each rule looks at."""
    with (project / "seeds" / "audit_thresholds.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["threshold_name"] == "window_days"]
    return {row["rule_id"]: float(row["threshold_value"]) for row in rows}


def judge(platform: Path, warehouse: Path, days: dict[str, float], tallies: dict[str, Tally]) -> list[str]:
    """Adds a platform's verdicts to the tallies; returns a line for each that is wrong."""
    truth = json.loads((platform / "truth.json").read_text(encoding="utf-8"))
    until = moment(truth["simulated_until"])
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rules = {row[0] for row in connection.execute("select rule_id from marts.dim_audit_rules").fetchall()}
        rows = connection.execute(
            "select rule_id, subject_name, reason from marts.fct_audit_results "
            "where verdict = 'finding' and not is_waived"
        ).fetchall()
    findings = {(rule, subject): reason for rule, subject, reason in rows}
    faults: set[tuple[str, str]] = set()
    expected: dict[tuple[str, str], str] = {}
    look_alikes: set[tuple[str, str]] = set()
    for one in truth["truths"]:
        key = (one["rule_id"], one["subject_name"])
        if one["look_alike"]:
            look_alikes.add(key)
            continue
        faults.add(key)
        if one["origin"] == "consequence" and one["subject_type"] == "run":
            # A rule may judge the pipeline whose runs these are.
            faults.add((one["rule_id"], one["subject_name"].split("/")[0]))
        seen_from = until - datetime.timedelta(days=days.get(one["rule_id"], AT_THE_END_DAYS))
        # What happened at one instant does not last.
        last = one["planted_at"] if one["subject_type"] in INSTANTS else one["ended_at"]
        if one["origin"] == "planted" and (last is None or moment(last) >= seen_from):
            expected[key] = one["explanation"]
    wrong = []
    for (rule, subject), explanation in sorted(expected.items()):
        if rule in rules:
            tallies[rule].planted += 1
            tallies[rule].found += (rule, subject) in findings
            wrong += [] if (rule, subject) in findings else [f"{rule} missed {subject}: {explanation}"]
    for (rule, subject), reason in sorted(findings.items()):
        if (rule, subject) not in faults and rule != "unknown":
            tallies[rule].false += 1
            tallies[rule].look_alikes += (rule, subject) in look_alikes
            wrong.append(f"{rule} false {subject}: {reason}")
    return wrong


def moment(text: str) -> datetime.datetime:
    """Returns an instant of truth.json."""
    return datetime.datetime.fromisoformat(text)


def as_table(tallies: dict[str, Tally]) -> str:
    """Returns a line for each rule, in Markdown."""
    lines = [
        "| rule | planted | found | missed | false | of these look-alikes | recall | precision |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for rule, tally in sorted(tallies.items()):
        cells: list[Any] = [
            rule,
            tally.planted,
            tally.found,
            tally.planted - tally.found,
            tally.false,
            tally.look_alikes,
        ]
        cells += [share(tally.recall), share(tally.precision)]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def share(value: float | None) -> str:
    """Returns a share with two digits, or a dash."""
    return "-" if value is None else f"{value:.2f}"


def publish(table: str, arguments: argparse.Namespace) -> None:
    """Writes the page."""
    seeds = ", ".join(map(str, arguments.seeds))
    PAGE.write_text(
        "# How often the audit is right\n\n"
        "Made by `python benchmarks/audit_quality.py --publish`, never by hand. Platforms of "
        "[`plumbline simulate`](simulate.md) with planted faults and look-alikes, each judged once, at its end: "
        f"{arguments.pipelines} pipelines, {arguments.days} days, seeds {seeds}.\n\n{table}\n\n"
        "Planted are the faults that lie in the time that a rule looks at; found, those that are a finding; false, the "
        "findings on subjects that never had such a fault. What a rule cannot see is on its [runbook](runbooks/).\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()

"""Writes findings for people and programs: a table, JSON, CSV, Markdown, or the story of one."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from plumbline.findings import Finding
from plumbline.markdown import plain
from plumbline.terminal import printable

_COLOURS = {"critical": "bold red", "high": "red", "medium": "yellow"}


def print_table(findings: Sequence[Finding], console: Console) -> None:
    """Prints a line for each finding, and how many they are."""
    table = Table(box=None, pad_edge=False)
    names = ("id", "rule", "severity", "subject", "team", "status", "why")
    cells = [
        [
            Text(printable(cell or ""))
            for cell in (one.id, one.rule_id, one.severity, one.subject_name, one.team, one.status, one.reason)
        ]
        for one in findings
    ]
    for name, column in zip(names, zip(*cells, strict=True) if cells else [()] * len(names), strict=True):
        longest = max((cell.cell_len for cell in column), default=0)
        is_long = name == "why" or longest > console.width // 4
        least = min(longest, console.width // 3) if name == "subject" else None
        table.add_column(name, overflow="fold", no_wrap=not is_long, min_width=least)
    for one, texts in zip(findings, cells, strict=True):
        table.add_row(*texts, style=_COLOURS.get(one.severity.lower(), ""))
    if findings:
        console.print(table)
        console.print()
    closed = sum(one.status == "closed" for one in findings)
    told = f"{len(findings) - closed:,} findings are open or waived." + (f" {closed:,} are closed." if closed else "")
    console.print(told, highlight=False)


def print_places(warehouse: str, project: Path, console: Console) -> None:
    """Prints where the warehouse and its docs site are."""
    console.print(f"Warehouse: {warehouse}", highlight=False, soft_wrap=True, markup=False)
    pages = (project / "target" / name for name in ("static_index.html", "index.html"))
    docs = next((page for page in pages if page.is_file()), None)
    where = str(docs) if docs else "not made yet: run 'dbt docs generate --static'"
    console.print(f"Docs: {where}", highlight=False, soft_wrap=True, markup=False)


def as_json(findings: Sequence[Finding]) -> str:
    """Returns a list of all columns of each finding; evidence is an object, times are ISO 8601 in UTC."""
    rows = [{**_values(one), "evidence": one.evidence_values} for one in findings]
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def as_csv(findings: Sequence[Finding]) -> str:
    """Returns a line for each finding, with a line of names before."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Finding.__dataclass_fields__)
    writer.writerows(_values(one).values() for one in findings)
    return text.getvalue()


def as_markdown(findings: Sequence[Finding]) -> str:
    """Returns a table, as for a page or a comment."""
    lines = ["| rule | severity | subject | team | why |", "|---|---|---|---|---|"]
    for one in findings:
        cells = (one.rule_id, one.severity, one.subject_name, one.team, one.reason)
        lines.append(f"| {' | '.join(plain(cell) for cell in cells)} |".replace("|  |", "| |"))
    return "\n".join(lines) + "\n"


def print_story(finding: Finding, project: Path, console: Console) -> None:
    """Prints what was found, since when, by which arithmetic, and what to do."""
    lines = [
        f"{finding.rule_id} {finding.rule_name}: {finding.subject_type} {finding.subject_name}",
        "",
        finding.reason or "",
        "",
        f"severity  {finding.severity}",
        f"team      {finding.team or 'nobody'}",
        f"source    {finding.source_name or 'several'}",
        f"status    {_status(finding)}",
        f"since     {_time(finding.opened_at)}, first seen {_time(finding.first_seen_at)}",
        f"judged    {_time(finding.judged_at)}: {finding.verdict_now}"
        if finding.judged_at
        else "judged    not any more",
        f"id        {finding.finding_key}",
        "",
        "Evidence",
        *(f"  {name}: {_shown(value)}" for name, value in finding.evidence_values.items() if value is not None),
    ]
    for line in lines:
        console.print(printable(line), highlight=False, soft_wrap=True, markup=False)
    page = project / finding.runbook if finding.runbook else None
    if page is not None:
        console.print()
        console.print(f"Runbook: {page}", highlight=False, soft_wrap=True, markup=False)
        if page.is_file():
            console.print()
            console.print(page.read_text(encoding="utf-8"), highlight=False, soft_wrap=True, markup=False)


def _status(finding: Finding) -> str:
    if finding.status == "waived":
        owner = finding.waiver_owner or "nobody"
        return f"waived until {finding.waiver_expires_on} by {owner}: {finding.waiver_reason or ''}"
    return f"closed {_time(finding.closed_at)}" if finding.closed_at else finding.status


def _time(moment: datetime.datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else "unknown"


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _values(finding: Finding) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in asdict(finding).items()
    }

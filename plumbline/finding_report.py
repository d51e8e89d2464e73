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

from plumbline.findings import ExpiredWaiver, Finding, headlines
from plumbline.markdown import plain
from plumbline.terminal import printable

_COLOURS = {"critical": "bold red", "high": "red", "medium": "yellow"}


def print_table(findings: Sequence[Finding], console: Console, has_all: bool = False, top: int | None = None) -> None:
    """Prints a line for each finding that none of the others explains, or for all, and how many they are.

    With `top` it prints only the first so many, and how many more there are.
    """
    every = list(findings) if has_all else headlines(findings)
    shown = every[:top]
    table = Table(box=None, pad_edge=False)
    names = ["id", "rule", "severity", "subject", "team", "status", "why"]
    cells = [
        [
            Text(printable(cell or ""))
            for cell in (one.id, one.rule_id, one.severity, one.subject_name, one.team, one.status, one.reason)
        ]
        for one in shown
    ]
    if any(one.explained_finding_count for one in shown):
        names.insert(-1, "explains")
        for one, texts in zip(shown, cells, strict=True):
            texts.insert(-1, Text(f"{one.explained_finding_count:,}" if one.explained_finding_count else ""))
    for name, column in zip(names, zip(*cells, strict=True) if cells else [()] * len(names), strict=True):
        longest = max((cell.cell_len for cell in column), default=0)
        is_long = name == "why" or longest > console.width // 4
        # A least width would be added to the width of the table, whose right side is then cut off.
        width = max(len(name), min(longest, console.width // 3)) if name == "subject" else None
        table.add_column(name, overflow="fold", no_wrap=not is_long, width=width)
    for one, texts in zip(shown, cells, strict=True):
        table.add_row(*texts, style=_COLOURS.get(one.severity.lower(), ""))
    if shown:
        console.print(table)
        console.print()
    closed = sum(one.status == "closed" for one in findings)
    told = f"{len(findings) - closed:,} findings are open or waived." + (f" {closed:,} are closed." if closed else "")
    if len(every) < len(findings):
        told += f" {len(findings) - len(every):,} of them follow from others: --all shows them."
    console.print(told, highlight=False)
    if len(shown) < len(every):
        console.print(f"{len(every) - len(shown):,} more: 'plumbline findings' prints them all.", highlight=False)


def print_expired_waivers(waivers: Sequence[ExpiredWaiver], console: Console) -> None:
    """Prints a line for each waiver that has expired."""
    for one in waivers:
        told = f"Expired on {one.expires_on}: the waiver of {one.rule_id} for {one.subject_pattern} by {one.owner}"
        findings = f"{one.finding_count:,} findings" if one.finding_count != 1 else "1 finding"
        console.print(printable(f"{told}, of {findings} now."), highlight=False, soft_wrap=True, markup=False)


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


def as_markdown(findings: Sequence[Finding], top: int | None = None) -> str:
    """Returns a table, as for a page or a comment; with `top` of the first so many, and how many more there are."""
    lines = ["| rule | severity | subject | team | why |", "|---|---|---|---|---|"]
    for one in findings[:top]:
        cells = (one.rule_id, one.severity, one.subject_name, one.team, one.reason)
        lines.append(f"| {' | '.join(plain(cell) for cell in cells)} |".replace("|  |", "| |"))
    if top is not None and len(findings) > top:
        lines += ["", f"{len(findings) - top:,} more: `plumbline findings` prints them all."]
    return "\n".join(lines) + "\n"


def print_story(finding: Finding, every: Sequence[Finding], project: Path, console: Console) -> None:
    """Prints what was found, since when, why, what hangs on it, by which arithmetic, and what to do."""
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
        *([f"reopened  {_time(finding.reopened_at)}"] if finding.reopened_at else []),
        *([f"graver    since {_time(finding.worsened_at)}"] if finding.worsened_at else []),
        f"judged    {_time(finding.judged_at)}: {finding.verdict_now}"
        if finding.judged_at
        else "judged    not any more",
        f"hit       {_radius(finding)}",
        *_relations(finding, every),
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


def _radius(finding: Finding) -> str:
    counts = {
        "datasets downstream": finding.downstream_dataset_count,
        "teams": finding.downstream_team_count,
        "service levels": finding.service_level_count,
        "exposures": finding.exposure_count,
    }
    known = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count is not None)
    return known or "cannot be told"


def _relations(finding: Finding, every: Sequence[Finding]) -> list[str]:
    """What explains it, and what it explains."""
    causes = [one for one in every if one.finding_key == finding.explained_by_finding_key]
    effects = [one for one in every if one.explained_by_finding_key == finding.finding_key]
    return [
        *(f"cause     {_named(one)}" for one in causes),
        *(f"explains  {_named(one)}" for one in effects),
    ]


def _named(finding: Finding) -> str:
    return f"{finding.id} {finding.rule_id} {finding.rule_name}: {finding.subject_name}"


def _time(moment: datetime.datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else "unknown"


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _values(finding: Finding) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in asdict(finding).items()
    }

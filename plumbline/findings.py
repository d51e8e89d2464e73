"""Prints what the audit found."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from plumbline.errors import ConfigError, first_line
from plumbline.warehouse import Warehouse

_SEVERITIES = ("critical", "high", "medium", "low", "info")
_COLOURS = {"critical": "bold red", "high": "red", "medium": "yellow"}
_LONGEST_EVIDENCE = 90


def print_findings(warehouse: Warehouse, console: Console, project: Path) -> None:
    """Prints fct_findings, the gravest first, and where the warehouse and the docs are."""
    relation = warehouse.relation("fct_findings", schema=f"{warehouse.schema_prefix}audit")
    try:
        rows = warehouse.query(
            "select rule_id, severity, subject_name, team, status, cast(evidence as varchar) as evidence "
            f"from {relation} where status <> 'closed' order by rule_id, subject_name"
        )
    except duckdb.CatalogException:
        raise ConfigError(f"{warehouse.place} holds no findings yet: run 'dbt build' first.") from None
    except duckdb.Error as error:
        raise ConfigError(f"The findings cannot be read: {first_line(error)}") from None
    ranks = {severity: rank for rank, severity in enumerate(_SEVERITIES)}
    rows.sort(key=lambda row: ranks.get(str(row[1]).lower(), len(ranks)))
    table = Table(box=None, pad_edge=False)
    for name in ("rule", "severity", "subject", "team", "status", "evidence"):
        table.add_column(name, overflow="fold" if name == "subject" else "ellipsis", no_wrap=name != "subject")
    for rule, severity, subject, team, status, evidence in rows:
        style = _COLOURS.get(str(severity).lower(), "")
        cells = (rule, severity, subject, team, status, _summary(evidence))
        table.add_row(*(escape(str(cell or "")) for cell in cells), style=style)
    if rows:
        console.print(table)
        console.print()
    console.print(f"{len(rows):,} findings are open or waived.", highlight=False)
    console.print(f"Warehouse: {warehouse.place}", highlight=False, soft_wrap=True, markup=False)
    pages = (project / "target" / name for name in ("static_index.html", "index.html"))
    docs = next((page for page in pages if page.is_file()), None)
    where = str(docs) if docs else "not made yet: run 'dbt docs generate --static'"
    console.print(f"Docs: {where}", highlight=False, soft_wrap=True, markup=False)


def _summary(evidence: str | None) -> str:
    """Returns evidence in one short line: an object as `name value` pairs."""
    text = evidence or ""
    try:
        value = json.loads(text)
    except ValueError:
        pass
    else:
        if isinstance(value, dict):
            text = ", ".join(f"{name} {part}" for name, part in value.items() if part not in (None, "", [], {}))
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_EVIDENCE else text[: _LONGEST_EVIDENCE - 1] + "…"

"""Prints what the audit found."""

from __future__ import annotations

from pathlib import Path

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from plumbline.errors import ConfigError, first_line
from plumbline.warehouse import Warehouse

_SEVERITIES = ("critical", "high", "medium", "low", "info")
_COLOURS = {"critical": "bold red", "high": "red", "medium": "yellow"}


def print_findings(warehouse: Warehouse, console: Console, project: Path) -> None:
    """Prints fct_findings, the gravest first, and where the warehouse and the docs are."""
    relation = warehouse.relation("fct_findings", schema=f"{warehouse.schema_prefix}marts")
    try:
        rows = warehouse.query(
            "select rule_id, severity, subject_name, team, status, reason "
            f"from {relation} where status <> 'closed' order by rule_id, subject_name"
        )
    except duckdb.CatalogException:
        raise ConfigError(f"{warehouse.place} holds no findings yet: run 'dbt build' first.") from None
    except duckdb.Error as error:
        raise ConfigError(f"The findings cannot be read: {first_line(error)}") from None
    ranks = {severity: rank for rank, severity in enumerate(_SEVERITIES)}
    rows.sort(key=lambda row: ranks.get(str(row[1]).lower(), len(ranks)))
    table = Table(box=None, pad_edge=False)
    longest_subject = max((len(str(row[2])) for row in rows), default=0)
    for name in ("rule", "severity", "subject", "team", "status", "why"):
        is_long = name in ("subject", "why")
        least = min(longest_subject, console.width // 3) if name == "subject" else None
        table.add_column(name, overflow="fold", no_wrap=not is_long, min_width=least)
    for rule, severity, subject, team, status, reason in rows:
        style = _COLOURS.get(str(severity).lower(), "")
        cells = (rule, severity, subject, team, status, reason)
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

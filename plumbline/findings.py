"""Prints what the audit found."""

from __future__ import annotations

from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table
from rich.text import Text

from plumbline.errors import ConfigError, first_line
from plumbline.terminal import printable
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
    names = ("rule", "severity", "subject", "team", "status", "why")
    cells = [[Text(printable(str(cell or ""))) for cell in row] for row in rows]
    for name, column in zip(names, zip(*cells, strict=True) if cells else [()] * len(names), strict=True):
        longest = max((cell.cell_len for cell in column), default=0)
        is_long = name == "why" or longest > console.width // 4
        least = min(longest, console.width // 3) if name == "subject" else None
        table.add_column(name, overflow="fold", no_wrap=not is_long, min_width=least)
    for row, texts in zip(rows, cells, strict=True):
        table.add_row(*texts, style=_COLOURS.get(str(row[1]).lower(), ""))
    if rows:
        console.print(table)
        console.print()
    console.print(f"{len(rows):,} findings are open or waived.", highlight=False)
    console.print(f"Warehouse: {warehouse.place}", highlight=False, soft_wrap=True, markup=False)
    pages = (project / "target" / name for name in ("static_index.html", "index.html"))
    docs = next((page for page in pages if page.is_file()), None)
    where = str(docs) if docs else "not made yet: run 'dbt docs generate --static'"
    console.print(f"Docs: {where}", highlight=False, soft_wrap=True, markup=False)

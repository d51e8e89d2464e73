"""Reads the changes of findings that people are to be told of: the rows of fct_finding_notices."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import duckdb

from plumbline.errors import ConfigError, first_line
from plumbline.warehouse import open_warehouse

OPENED, WORSENED, CLOSED = "opened", "worsened", "closed"
_KEYS = ("notice_key", "finding_key", "cause_finding_key", "opening_id")
_COLUMNS = (
    *_KEYS,
    *("notice_kind", "rule_id", "rule_name", "severity", "first_severity", "severity_rank", "subject_type"),
    *("subject_name", "team", "opened_at", "closed_at", "reason", "runbook"),
)


@dataclass(frozen=True)
class Notice:
    """One row of fct_finding_notices, whose columns these are; times are in UTC."""

    notice_key: str
    finding_key: str
    cause_finding_key: str
    opening_id: str
    notice_kind: str
    rule_id: str
    rule_name: str
    severity: str
    first_severity: str
    severity_rank: int
    subject_type: str
    subject_name: str
    team: str | None
    opened_at: datetime.datetime
    closed_at: datetime.datetime | None
    reason: str
    runbook: str | None


def read_notices(target: str, schema_prefix: str) -> list[Notice]:
    """Returns every notice, the gravest first, as the last build left them.

    They are read as the user who builds, for on PostgreSQL the loader may not read marts. Raises ConfigError where none
    was built.
    """
    with open_warehouse(target, schema_prefix, read_only=True) as warehouse:
        relation = warehouse.relation("fct_finding_notices", schema=f"{schema_prefix}marts")
        columns = ", ".join(f"cast({name} as varchar)" if name in _KEYS else name for name in _COLUMNS)
        order = "severity_rank, rule_id, subject_name, opened_at, notice_key"
        try:
            rows = warehouse.query(f"select {columns} from {relation} order by {order}")
        except duckdb.CatalogException:
            raise ConfigError(f"{warehouse.place} holds no notices yet: run 'plumbline run' first.") from None
        except duckdb.Error as error:
            raise ConfigError(f"The notices cannot be read: {first_line(error)}") from None
    return [Notice(*row) for row in rows]

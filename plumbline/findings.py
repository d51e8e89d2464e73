"""Reads what the audit found: the episodes of fct_findings."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from plumbline.errors import ConfigError, first_line
from plumbline.warehouse import Warehouse

SEVERITIES = ("critical", "high", "medium", "low")
_COLUMNS = (
    "finding_key rule_id rule_name severity subject_type subject_name source_name team status opened_at first_seen_at "
    "closed_at judged_at verdict_now reason evidence runbook waiver_reason waiver_owner waiver_expires_on worsened_at "
    "reopened_at reopened_count explained_by_finding_key explained_finding_count downstream_dataset_count "
    "downstream_team_count service_level_count exposure_count finding_rank"
).split()
_KEYS = ("finding_key", "explained_by_finding_key")
# So many letters of a key tell the findings of any platform apart, and can be typed.
_SHORT_ID = 8


@dataclass(frozen=True)
class Finding:
    """One episode of fct_findings, whose columns these are; times are in UTC."""

    finding_key: str
    rule_id: str
    rule_name: str
    severity: str
    subject_type: str
    subject_name: str
    source_name: str | None
    team: str | None
    status: str
    opened_at: datetime.datetime
    first_seen_at: datetime.datetime
    closed_at: datetime.datetime | None
    judged_at: datetime.datetime | None
    verdict_now: str | None
    reason: str | None
    evidence: str | None
    runbook: str | None
    waiver_reason: str | None
    waiver_owner: str | None
    waiver_expires_on: datetime.date | None
    worsened_at: datetime.datetime | None
    reopened_at: datetime.datetime | None
    reopened_count: int
    explained_by_finding_key: str | None
    explained_finding_count: int
    downstream_dataset_count: int | None
    downstream_team_count: int | None
    service_level_count: int | None
    exposure_count: int | None
    finding_rank: int

    @property
    def id(self) -> str:
        """The beginning of its key."""
        return self.finding_key[:_SHORT_ID]

    @property
    def evidence_values(self) -> dict[str, Any]:
        """What the rule counted and compared, by its name."""
        values = json.loads(self.evidence or "{}")
        return values if isinstance(values, dict) else {"evidence": values}


@dataclass(frozen=True)
class ExpiredWaiver:
    """A waiver of fct_audit_waivers that waives no longer, and that no other one has renewed."""

    rule_id: str
    subject_pattern: str
    owner: str
    expires_on: datetime.date
    finding_count: int


@dataclass(frozen=True)
class Filters:
    """Which findings are asked for; what is left empty filters nothing."""

    teams: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    least_severity: str = SEVERITIES[-1]
    since: datetime.datetime | None = None
    has_closed: bool = False

    def take(self, finding: Finding) -> bool:
        """Whether a finding is asked for. One of a severity that is not known always is."""
        return (
            (self.has_closed or finding.status != "closed")
            and (not self.teams or (finding.team or "") in self.teams)
            and (not self.rules or finding.rule_id.lower() in {rule.lower() for rule in self.rules})
            and is_as_grave(finding.severity, self.least_severity)
            and (self.since is None or finding.first_seen_at >= self.since)
        )


def is_as_grave(severity: str, least: str) -> bool:
    """Whether a severity is `least` or graver; one that is not known is taken for grave."""
    return severity_rank(severity) <= severity_rank(least) or severity.lower() not in SEVERITIES


def severity_rank(severity: str) -> int:
    """Returns 0 for the gravest, and one more than the last for a severity that is not known."""
    return SEVERITIES.index(severity.lower()) if severity.lower() in SEVERITIES else len(SEVERITIES)


def read_findings(warehouse: Warehouse) -> list[Finding]:
    """Returns every finding, in the order of what to mend. Raises ConfigError where the warehouse holds none yet."""
    columns = ", ".join(f"cast({name} as varchar)" if name in _KEYS else name for name in _COLUMNS)
    rows = _rows(warehouse, "fct_findings", columns, "finding_rank, rule_id, subject_name, opened_at, finding_key")
    return [Finding(*row) for row in rows]


def read_expired_waivers(warehouse: Warehouse) -> list[ExpiredWaiver]:
    """Returns the waivers that have expired, the oldest first. Raises ConfigError as read_findings does."""
    columns = "rule_id, subject_pattern, owner, expires_on, finding_count, state"
    rows = _rows(warehouse, "fct_audit_waivers", columns, "expires_on, rule_id, subject_pattern, source_name")
    return [ExpiredWaiver(*row[:-1]) for row in rows if row[-1] == "expired"]


def _rows(warehouse: Warehouse, table: str, columns: str, order: str) -> list[tuple[Any, ...]]:
    relation = warehouse.relation(table, schema=f"{warehouse.schema_prefix}marts")
    try:
        return warehouse.query(f"select {columns} from {relation} order by {order}")
    except duckdb.CatalogException:
        raise ConfigError(f"{warehouse.place} holds no findings yet: run 'dbt build' first.") from None
    except duckdb.Error as error:
        raise ConfigError(f"The findings cannot be read: {first_line(error)}") from None


def headlines(findings: Sequence[Finding]) -> list[Finding]:
    """Returns the findings without those that another of them explains."""
    keys = {finding.finding_key for finding in findings}
    return [finding for finding in findings if finding.explained_by_finding_key not in keys]


def finding_by_id(findings: Sequence[Finding], identifier: str) -> Finding:
    """Returns the finding whose key begins with `identifier`. Raises ConfigError where none does, or several do."""
    wanted = identifier.strip().lower()
    found = [finding for finding in findings if finding.finding_key.startswith(wanted)] if wanted else []
    if len(found) != 1:
        problem = "several findings have" if found else "no finding has"
        raise ConfigError(f"--explain: {problem} an id that begins with {wanted!r}; 'plumbline findings' shows them.")
    return found[0]

"""Findings are episodes: built again and again, with verdicts that change in between, on both engines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import duckdb
import pytest

from support import Workplace

UNKNOWN = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(params=["sample_copy", "sample_on_postgres_copy"])
def warehouse(request: pytest.FixtureRequest) -> Workplace:
    """A warehouse that was built, to give verdicts of our own to."""
    built: Workplace = request.getfixturevalue(request.param)
    return built


def execute(workplace: Workplace, statements: list[str]) -> None:
    if workplace.target == "dev":
        with duckdb.connect(str(workplace.duckdb_path)) as warehouse:
            for statement in statements:
                warehouse.execute(statement)
        return
    workplace.execute(*statements)


def judge(
    workplace: Workplace, day: int, verdicts: dict[str, str], severity: str = "high"
) -> dict[tuple[str, Any], dict[str, Any]]:
    """Give a day's verdicts in place of the rules, build the findings, and return them by subject and first day."""
    rows = ", ".join(
        f"('{letter * 8}-0000-0000-0000-000000000000', '{UNKNOWN}', 'AL01', 'No failure alerting', '{severity}', "
        f"'pipeline', '{letter * 8}-0000-0000-0000-000000000000', '{letter}', 'airflow', '{UNKNOWN}', '{UNKNOWN}', "
        f"'{UNKNOWN}', '{UNKNOWN}', '{UNKNOWN}', '{verdict}', '{verdict} on day {day}', '{{}}', null, false, "
        f"null, null, null, '2026-01-{day:02d} 00:00:00')"
        for letter, verdict in verdicts.items()
    )
    execute(workplace, ["delete from marts.fct_audit_results", f"insert into marts.fct_audit_results values {rows}"])
    chosen = ("--select", "snap_audit__results+,+fct_findings", "--exclude-resource-type", "unit_test", "test")
    workplace.dbt("build", "--quiet", *chosen)
    found = workplace.query("select * from marts.fct_findings where length(subject_name) = 1")
    return {(row["subject_name"], row["first_seen_at"].day): row for row in found}


def test_findings_open_close_and_come_back(warehouse: Workplace) -> None:
    planted = warehouse.query("select finding_key, opened_at from marts.fct_findings order by finding_key")
    first = judge(warehouse, 1, {"a": "finding", "b": "finding", "c": "clear", "d": "finding", "e": "finding"})
    assert {key: row["status"] for key, row in first.items()} == {(letter, 1): "open" for letter in "abde"}

    # d falls silent; e is judged otherwise at the same instant, as after a change of thresholds.
    judge(warehouse, 1, {"a": "finding", "b": "finding", "c": "clear", "d": "finding", "e": "clear"})
    second = judge(warehouse, 2, {"a": "clear", "b": "cannot_tell", "c": "finding", "e": "clear"})
    assert {key: row["status"] for key, row in second.items()} == {
        ("a", 1): "closed",
        ("b", 1): "open",
        ("c", 2): "open",
        ("d", 1): "open",
        ("e", 1): "closed",
    }
    assert judge(warehouse, 2, {"a": "clear", "b": "cannot_tell", "c": "finding", "e": "clear"}) == second

    third = judge(warehouse, 3, {"a": "finding", "b": "finding", "c": "clear", "e": "clear"})
    assert {key: (row["status"], row["closed_at"], row["reopened_at"]) for key, row in third.items()} == {
        ("a", 1): ("open", None, datetime(2026, 1, 3)),
        ("b", 1): ("open", None, None),
        ("c", 2): ("closed", datetime(2026, 1, 3), None),
        ("d", 1): ("open", None, None),
        ("e", 1): ("closed", datetime(2026, 1, 1), None),
    }
    assert third["b", 1]["reason"] == "finding on day 3"
    assert third["d", 1]["reason"] == "finding on day 1"
    assert all(third[key]["finding_key"] == row["finding_key"] for key, row in second.items())

    # After the seven days of finding_reopens_within_days it is another episode.
    fourth = judge(warehouse, 11, {"b": "finding", "c": "finding"}, "critical")
    assert {key: (row["status"], row["worsened_at"]) for key, row in fourth.items()} == {
        ("a", 1): ("open", None),
        ("b", 1): ("open", datetime(2026, 1, 11)),
        ("c", 2): ("closed", None),
        ("c", 11): ("open", None),
        ("d", 1): ("open", None),
        ("e", 1): ("closed", None),
    }
    assert all(fourth[key]["finding_key"] == row["finding_key"] for key, row in third.items())
    assert len({row["finding_key"] for row in fourth.values()}) == len(fourth)
    silent = warehouse.query(
        "select finding_key, opened_at from marts.fct_findings where length(subject_name) > 1 and status = 'open' "
        "order by finding_key"
    )
    assert silent == planted, "What the rules fall silent about stays as it was."

"""The default `make build` finds what was planted in the simulated platform, and what the recordings have."""

from __future__ import annotations

import csv
import datetime
import json
import re
import shutil
from collections.abc import Callable
from typing import Any

import pytest

from support import RETAIL, ROOT, Workplace
from test_sample_findings import EXPECTED

INSTANTS = ("run", "incident", "deployment")
# Without a window a rule judges what is so at the end.
AT_THE_END_DAYS = 1.0
# What was planted, and is not to be found, with what the files say of it.
NOT_TO_BE_FOUND = {
    ("AL02", "transform_payments_se/scheduled__2026-10-22T06:30:00+00:00"): "an alert about its queue fired at 06:23",
    ("DU01", "ingest_refunds_se"): "by the end its runs take 1.4 times as long, which is not yet half as much again",
    ("SI03", "test.baskets_se.not_null_fct_budgets_status.8e9d4851b8"): "it passed again before the end",
}
WAIVED_THERE = "a waiver accepts it, which the seeds do not have"
# What is so, and was not planted: what it follows from.
CONSEQUENCES = {
    ("AL03", "ingest_accounts_se"): WAIVED_THERE,
    ("SI03", "source.baskets_se.raw.invoices"): "SI02 of ingest_invoices: what its green runs left out made it old",
    ("SI03", "test.consents.not_null_fct_checkouts_quantity.b6b75c9e5d"): WAIVED_THERE,
}


@pytest.fixture(scope="module")
def whole(make_workplace: Callable[..., Workplace]) -> Workplace:
    """The recorded and the simulated platform, built with the commands of `make build`. Read it; do not change it."""
    workplace = make_workplace("whole")
    shutil.copy(ROOT / "plumbline.yml", workplace.folder)
    (workplace.folder / "build.log").write_text(workplace.make("build"))
    return workplace


@pytest.fixture(scope="module")
def findings(whole: Workplace) -> dict[tuple[str, str], dict[str, Any]]:
    rows = whole.query("select * from marts.fct_findings")
    found = {(row["rule_id"], row["subject_name"]): row for row in rows}
    assert len(found) == len(rows)
    return found


@pytest.fixture(scope="module")
def truth(whole: Workplace) -> dict[str, Any]:
    return json.loads((whole.folder / RETAIL / "truth.json").read_text())


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


def test_what_was_planted_is_found(
    findings: dict[tuple[str, str], dict[str, Any]], truth: dict[str, Any], whole: Workplace
) -> None:
    with (ROOT / "seeds/audit_thresholds.csv").open(newline="") as lines:
        days = {
            row["rule_id"]: float(row["threshold_value"])
            for row in csv.DictReader(lines)
            if row["threshold_name"] == "window_days"
        }
    until = moment(truth["simulated_until"])
    expected = set()
    for one in truth["truths"]:
        if one["look_alike"] or one["origin"] != "planted":
            continue
        seen_from = until - datetime.timedelta(days=days.get(one["rule_id"], AT_THE_END_DAYS))
        # What happened at one instant does not last.
        last = one["planted_at"] if one["subject_type"] in INSTANTS else one["ended_at"]
        if last is None or moment(last) >= seen_from:
            expected.add((one["rule_id"], one["subject_name"]))
    assert NOT_TO_BE_FOUND.keys() <= expected
    assert len({rule_id for rule_id, _ in expected - NOT_TO_BE_FOUND.keys()}) >= 20
    missed = expected - findings.keys() - NOT_TO_BE_FOUND.keys()
    assert not missed, sorted(missed)


def test_what_is_found_is_so(findings: dict[tuple[str, str], dict[str, Any]], truth: dict[str, Any]) -> None:
    bad = [one for one in truth["truths"] if not one["look_alike"]]
    faults = {(one["rule_id"], one["subject_name"]) for one in bad}
    # A rule may judge the pipeline whose runs are bad.
    of_runs = {(one["rule_id"], one["subject_name"].split("/")[0]) for one in bad if one["subject_type"] == "run"}
    recorded = {(rule_id, name) for rule_id, _, name in EXPECTED}
    false = findings.keys() - recorded - faults - of_runs - CONSEQUENCES.keys()
    assert not false, {key: findings[key]["reason"] for key in sorted(false)}
    assert not CONSEQUENCES.keys() & faults


def test_what_is_waived_there_is_found_here(findings: dict[tuple[str, str], dict[str, Any]], whole: Workplace) -> None:
    with (whole.folder / RETAIL / "registry/audit_waivers.csv").open(newline="") as lines:
        waived = {(row["rule_id"], row["subject_pattern"]) for row in csv.DictReader(lines)}
    assert waived == {key for key, why in CONSEQUENCES.items() if why == WAIVED_THERE}
    assert {findings[key]["status"] for key in waived} == {"open"}


def test_the_recordings_have_the_findings_that_they_have_alone(
    findings: dict[tuple[str, str], dict[str, Any]],
) -> None:
    for (rule_id, subject_type, name), reason in EXPECTED.items():
        one = findings[rule_id, name]
        assert (one["subject_type"], one["status"]) == (subject_type, "open")
        assert reason in one["reason"], name


def test_nothing_is_of_both_platforms(whole: Workplace) -> None:
    for fact, dimension, key, name in (
        ("fct_pipeline_runs", "dim_pipelines_current", "pipeline_key", "source_name"),
        ("fct_task_attempts", "dim_tasks_current", "task_key", "source_name"),
        ("fct_dataset_writes", "dim_datasets_current", "dataset_key", "dataset_name"),
        ("fct_dataset_reads", "dim_datasets_current", "dataset_key", "dataset_name"),
        ("fct_check_results", "dim_checks", "check_key", "source_name"),
        ("fct_alerts", "dim_pipelines_current", "pipeline_key", "source_name"),
        ("fct_incidents", "dim_pipelines_current", "pipeline_key", "source_name"),
    ):
        rows = whole.query(
            "select distinct starts_with(facts.source_name, 'retail_') as by_feed, "
            f"regexp_matches(members.{name}, '^retail[_.]') as by_name from marts.{fact} as facts "
            f"inner join marts.{dimension} as members using ({key}) where not members.is_unknown"
        )
        assert sorted(tuple(row.values()) for row in rows) == [(False, False), (True, True)], fact
    for table, column in (
        ("dim_pipelines_current", "pipeline_name"),
        ("dim_alert_rules_current", "rule_name"),
        ("dim_contracts_current", "contract_id"),
        ("dim_service_levels_current", "service_level_name"),
        ("fct_incidents", "incident_id"),
    ):
        both = whole.query(
            f"select {column} as name from marts.{table} where source_name is not null group by 1 "
            "having count(distinct starts_with(source_name, 'retail_')) > 1"
        )
        assert not both, (table, both)


def test_it_ends_when_the_recordings_end(whole: Workplace) -> None:
    rows = whole.query("select source_name, as_of_at from intermediate.int_sources__as_of")
    # The build itself is later.
    ends = {row["source_name"]: row["as_of_at"] for row in rows if row["source_name"] not in ("*", "plumbline")}
    assert {"airflow", "warehouse", "retail_airflow2", "retail_airflow3", "retail_warehouse"} <= ends.keys()
    assert max(ends.values()) - min(ends.values()) < datetime.timedelta(hours=1, minutes=30), ends


def test_what_make_build_prints_stays_short(whole: Workplace, findings: dict[tuple[str, str], dict[str, Any]]) -> None:
    closing = (whole.folder / "build.log").read_text().rpartition("\nid ")[2]
    shown = re.findall(r"^[0-9a-f]{8} ", closing, re.MULTILINE)
    assert len(shown) == 15
    assert f"\n{len(findings)} findings are open or waived. " in closing
    assert re.search(r"^\d+ more: 'plumbline findings' prints them all\.$", closing, re.MULTILINE)
    assert "static_index.html" in closing


def test_the_readme_shows_what_is_found(whole: Workplace) -> None:
    page = (ROOT / "README.md").read_text()
    whole.make("readme")
    assert (whole.folder / "README.md").read_text() == page, "Run `make readme` after a first build."


def test_the_seeds_are_those_of_the_simulated_platform(whole: Workplace) -> None:
    for name in ("registry_teams.csv", "registry_assets.csv", "registry_calendars.csv", "team_aliases.csv"):
        made = whole.folder / RETAIL / "registry" / name
        assert (ROOT / "seeds" / name).read_bytes() == made.read_bytes(), f"Copy {RETAIL}/registry/{name} to seeds/."


def test_without_make_nothing_is_missing(make_workplace: Callable[..., Workplace]) -> None:
    workplace = make_workplace("unsimulated")
    shutil.copy(ROOT / "plumbline.yml", workplace.folder)
    printed = workplace.load()
    assert f"retail_airflow3: note: no folder {RETAIL}/airflow3 yet" in printed
    loaded = workplace.query("select records_landed from raw.loads where _source_name like 'retail%'")
    assert sum(row["records_landed"] for row in loaded) == 0


def test_make_writes_the_simulated_platform_only_for_who_reads_it(make_workplace: Callable[..., Workplace]) -> None:
    workplace = make_workplace("made")
    (workplace.folder / "mine.yml").write_text("feeds: []\n")
    assert "simulate" not in workplace.make("--dry-run", "build", "CONFIG=mine.yml")
    shutil.copy(ROOT / "plumbline.yml", workplace.folder)
    assert "simulate" in workplace.make("--dry-run", "build")
    made = workplace.folder / RETAIL / "truth.json"
    made.parent.mkdir()
    made.write_text("{}")
    assert "simulate" not in workplace.make("--dry-run", "build")
    (workplace.folder / "plumbline/simulate/world.py").touch()
    assert "simulate" in workplace.make("--dry-run", "build")

"""What is purged, what stays, and that neither a later load nor a later build brings anything back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from aged import NOW, THEN, add_aged
from support import BIN, ROOT, Workplace, run
from test_build_sample import FEEDS_OF_OTHERS, TESTS_THAT_NEED_NO_SUBSET

# Each with its key and the column that says when it happened.
FACTS = {
    "fct_pipeline_runs": ("pipeline_run_key", "last_seen_at"),
    "fct_task_attempts": ("task_attempt_key", "last_seen_at"),
    "fct_dataset_writes": ("dataset_write_key", "written_at"),
    "fct_dataset_reads": ("dataset_read_key", "read_at"),
    "fct_check_results": ("check_result_key", "executed_at"),
    "fct_schema_changes": ("schema_change_key", "changed_at"),
}
SNAPSHOTS = ("snap_audit__results", "snap_airflow__dags", "snap_airflow__tasks")
LONG_RUN = "01990000-0000-7000-8000-000000000000"
SUBJECT = "aaaaaaaa-0000-0000-0000-000000000000"
UNKNOWN = "00000000-0000-0000-0000-000000000000"
Rows = dict[Any, dict[str, Any]]


def keep(workplace: Workplace, **days: int) -> None:
    path = workplace.folder / "dbt_project.yml"
    path.write_text(re.sub(r"  retention_days: .*", f"  retention_days: {json.dumps(days)}", path.read_text()))


def purge(workplace: Workplace, *options: str) -> dict[str, tuple[int, str, str]]:
    """Purge, and return what was said of each table: rows, and the days of the first and the last."""
    printed = workplace(BIN / "plumbline", "purge", "--target", workplace.target, *options)
    found = re.findall(r"^(\w+\.\w+) +([\d,]+)(?: +([\d-]+) [\d:]+ +([\d-]+) [\d:]+)?", printed, re.MULTILINE)
    return {table: (int(rows.replace(",", "")), first, last) for table, rows, first, last in found}


def facts(workplace: Workplace) -> dict[str, Rows]:
    return {
        fact: {str(row[key]): row for row in workplace.query(f"select * from marts.{fact}")}
        for fact, (key, _) in FACTS.items()
    }


def of_month(rows: Rows, fact: str, month: str) -> Rows:
    return {key: row for key, row in rows.items() if str(row[FACTS[fact][1]]).startswith(month)}


def without(rows: Rows, fact: str, month: str) -> Rows:
    gone = of_month(rows, fact, month)
    return {key: row for key, row in rows.items() if key not in gone}


def kept(workplace: Workplace) -> dict[str, dict[str, Any]]:
    """Findings by their keys, and the rows of snapshots by theirs."""
    findings = workplace.query("select finding_key, status, first_seen_at, opened_at, reason from marts.fct_findings")
    found = {str(row["finding_key"]): row for row in findings}
    for snapshot in SNAPSHOTS:
        rows = workplace.query(f"select dbt_scd_id, dbt_valid_from from snapshots.{snapshot}")
        found.update({f"{snapshot} {row['dbt_scd_id']}": row for row in rows})
    return found


def count(workplace: Workplace, table: str) -> int:
    return int(workplace.query(f"select count(*) as rows from {table}")[0]["rows"])


@pytest.fixture(scope="module", params=["dev", "prod"])
def aged(request: pytest.FixtureRequest, make_workplace: Callable[..., Workplace]) -> Workplace:
    """The sample beside itself of six months before, with a finding of what no feed tells of any more."""
    env = request.getfixturevalue("make_postgres_database")() if request.param == "prod" else {}
    workplace = make_workplace("retention", request.param, env)
    add_aged(workplace.folder / "sample")
    (workplace.folder / "sample/openlineage/long.ndjson").write_text("".join(f"{one}\n" for one in long_run()))
    (workplace.folder / "plumbline.yml").write_text(yaml.safe_dump({"feeds": FEEDS_OF_OTHERS}))
    workplace.load()
    workplace.dbt("build", "--exclude-resource-type", "test", "unit_test")
    columns = {
        **dict.fromkeys(("audit_result_key", "subject_key"), f"cast('{SUBJECT}' as uuid)"),
        **{f"{name}_key": f"cast('{UNKNOWN}' as uuid)" for name in ("audit_rule", "pipeline", "task", "dataset")},
        **{f"{name}_key": f"cast('{UNKNOWN}' as uuid)" for name in ("check", "team")},
        **dict.fromkeys(("as_of_at", "dbt_updated_at", "dbt_valid_from"), "cast('2026-05-21' as timestamp)"),
        **{"rule_id": "'AL01'", "rule_name": "'r'", "severity": "'high'", "subject_type": "'pipeline'"},
        **{"subject_name": "'retired'", "source_name": "'airflow'", "verdict": "'finding'", "reason": "'as it was'"},
        **{"evidence": "'{}'", "is_waived": "false", "dbt_scd_id": "'retired'"},
    }
    workplace.execute(
        f"insert into snapshots.snap_audit__results ({', '.join(columns)}) select {', '.join(columns.values())}"
    )
    workplace.dbt("run", "--quiet", "--select", "fct_finding_spells+")
    return workplace


def long_run() -> list[str]:
    """A run that began six months ago with one task, and went on last week with another."""

    def said(run: str, kind: str, at: str, job: str) -> str:
        root = {"run": {"runId": LONG_RUN}, "job": {"namespace": "shop", "name": "migrate"}}
        facets = {} if run == LONG_RUN else {"parent": {**root, "root": root}}
        times = {"eventTime": f"{at}:00Z", "eventType": kind}
        there = {"run": {"runId": run, "facets": facets}, "job": {"namespace": "shop", "name": job, "facets": {}}}
        ends = {"producer": "https://example.com/producer", "schemaURL": "https://openlineage.io/spec/2-0-2/x"}
        return json.dumps({**times, **there, "inputs": [], "outputs": [], **ends})

    first, second = LONG_RUN[:-1] + "1", LONG_RUN[:-1] + "2"
    return [
        said(LONG_RUN, "START", f"{THEN}21T05:00", "migrate"),
        said(first, "START", f"{THEN}21T05:01", "migrate.first"),
        said(first, "COMPLETE", f"{THEN}21T05:02", "migrate.first"),
        said(LONG_RUN, "RUNNING", f"{NOW}20T05:00", "migrate"),
        said(second, "START", f"{NOW}20T05:01", "migrate.second"),
        said(second, "COMPLETE", f"{NOW}20T05:02", "migrate.second"),
    ]


def check_that_facts_go_alone(aged: Workplace, before: dict[str, Rows]) -> None:
    """What they are made of is still there, and they do not come back."""
    some = set(FACTS) - {"fct_schema_changes"}
    keep(aged, **dict.fromkeys(some, 100))
    assert set(purge(aged)) == {f"marts.{fact}" for fact in some}
    aged.dbt("run", "--quiet", "--select", *FACTS)
    after = facts(aged)
    for fact in some:
        assert after[fact] == without(before[fact], fact, THEN), fact


def test_what_is_purged_stays_away_and_the_rest_stays(aged: Workplace) -> None:
    before, remembered = facts(aged), kept(aged)
    long = [row for row in before["fct_pipeline_runs"].values() if row["run_id"] == LONG_RUN]
    assert len(long) == 1 and long[0]["task_count"] > 1
    for fact in FACTS:
        assert of_month(before[fact], fact, THEN), fact
        assert of_month(before[fact], fact, NOW), fact
    open_before = {key for key, row in remembered.items() if row.get("status") == "open"}

    if aged.target == "dev":
        check_that_facts_go_alone(aged, before)
    keep(aged, **dict.fromkeys(("raw", *FACTS), 100))
    said = purge(aged, "--dry-run")
    landed = {table: count(aged, table) for table in said}
    assert purge(aged) == said
    assert {table: count(aged, table) for table in said} == {
        table: landed[table] - rows for table, (rows, _, _) in said.items()
    }
    # As many as the sample has of each, for the aged ones are its copies.
    for table in ("dag_run", "task_instance", "task_instance_history", "asset_event", "task_reschedule"):
        recorded = run("wc", "-l", ROOT / f"sample/airflow/{table}.csv").stdout
        assert said[f"raw.airflow_{table}"][0] == int(recorded.split()[0]) - 1, table
    assert said["raw.openlineage_events"] == (808, "2026-05-21", "2026-05-21")
    assert count(aged, "raw.openlineage_events") == 808 + len(long_run())
    assert count(aged, "staging.stg_openlineage__events") == 808 + len(long_run())
    assert {first[:8] for _, first, _ in said.values() if first} == {THEN}
    # The newest manifest from before the limit stays.
    generated = aged.query(
        "select metadata ->> 'generated_at' as at from raw.dbt_artifacts where artifact_type = 'manifest' order by 1"
    )
    assert [row["at"][:19] for row in generated][:2] == ["2026-05-21T05:47:27", "2026-11-21T05:45:43"]

    # Nothing comes again: not from the files, and not from a late word of a run that is gone. Nor is anything lost
    # by a late word of a run of which a part is old.
    assert aged.load().count("unchanged") >= 3
    late = [(aged.folder / "sample/openlineage/aged.ndjson").read_text().splitlines()[0], long_run()[-1]]
    (aged.folder / "sample/openlineage/late.ndjson").write_text("".join(f"{one}\n" for one in late))
    assert re.search(r"lineage \(openlineage\) +1 +2 ", aged.load())
    printed = aged.dbt("build", "--exclude", *TESTS_THAT_NEED_NO_SUBSET)
    assert "WARN=0 ERROR=0 SKIP=0" in printed, printed[-2000:]
    after = facts(aged)
    assert after == {fact: without(rows, fact, THEN) for fact, rows in before.items()}
    now = kept(aged)
    assert remembered.keys() <= now.keys()
    assert {key for key, row in now.items() if row.get("status") == "open"} >= open_before
    assert any(row.get("reason") == "as it was" for row in now.values())

    aged.dbt(
        "run", "--quiet", "--full-refresh", "--select", "+path:models/marts/operations", "+path:models/marts/quality"
    )
    assert facts(aged) == after
    said = purge(aged, "--dry-run")
    assert said["raw.openlineage_events"][0] == 1


def refusal(workplace: Workplace, **days: Any) -> list[str]:
    keep(workplace, **days)
    env = {"PLUMBLINE_PROJECT_DIR": str(workplace.folder), **workplace.env}
    done = run(BIN / "plumbline", "purge", "--target", workplace.target, cwd=workplace.folder, env=env)
    assert done.returncode == 2, done.stdout
    return done.stdout.splitlines()


def test_a_warehouse_of_an_older_version_is_built_before_it_is_purged(aged: Workplace) -> None:
    events = count(aged, "raw.openlineage_events")
    renamed = "alter table {}.{} rename column {} to {}"
    lacking = [
        ("marts", "fct_schema_changes", "change_kind"),
        ("raw", "openlineage_events", "producer"),
        ("staging", "stg_openlineage__event_datasets", "role"),
    ]
    try:
        for schema, table, column in lacking:
            aged.execute(renamed.format(schema, table, column, "older"))
        assert refusal(aged, raw=400) == [
            "The warehouse was built by another version of plumbline: marts.fct_schema_changes and 2 more lack what "
            "this one reads. Start 'plumbline run' first, without --select."
        ]
    finally:
        for schema, table, column in lacking:
            aged.execute(renamed.format(schema, table, "older", column))
    assert count(aged, "raw.openlineage_events") == events
    assert purge(aged, "--dry-run") == {}


def test_what_rules_and_other_facts_need_is_not_given_up(sample_copy: Workplace) -> None:
    said = refusal(sample_copy, raw=90, fct_pipeline_runs=100, fct_task_attempts=101, fct_dataset_writes=91)
    assert sorted(said) == sorted(
        [
            "dbt_project.yml: retention_days.raw: must be more than 90 days, which rules of the audit look back "
            "(seeds/audit_thresholds.csv, seeds/audit_threshold_overrides.csv).",
            *(
                f"dbt_project.yml: retention_days.{fact}: must be at most {days} days, for which {other} is kept, "
                "to which it refers."
                for fact, days, other in (
                    ("fct_task_attempts", 100, "fct_pipeline_runs"),
                    ("fct_check_results", 101, "fct_task_attempts"),
                    ("fct_check_results", 100, "fct_pipeline_runs"),
                    ("fct_dataset_reads", 101, "fct_task_attempts"),
                    ("fct_dataset_reads", 100, "fct_pipeline_runs"),
                )
            ),
        ]
    )


def test_nonsense_is_refused(make_workplace: Callable[..., Workplace]) -> None:
    workplace = make_workplace("nonsense")
    said = refusal(workplace, raw=-1, fct_task_attempts=True, fct_pipeline_runs=0, dim_teams=3)
    assert [line.split(": ")[1] for line in said[:4]] == [
        "retention_days.raw",
        "retention_days.fct_task_attempts",
        "retention_days.fct_pipeline_runs",
        "retention_days.dim_teams",
    ]
    assert "must be a whole number of days from 1 on, not -1" in said[0]
    assert "is none of raw, fct_alerts, fct_check_results" in said[3]
    assert "nothing to purge yet" in said[4]
    # A build with it would empty the fact.
    keep(workplace, fct_check_results=-5)
    env = {"PLUMBLINE_PROJECT_DIR": str(workplace.folder)}
    done = run(BIN / "dbt", "compile", "--select", "fct_check_results", cwd=workplace.folder, env=env)
    assert done.returncode != 0 and "fct_check_results: must be a whole number" in done.stdout

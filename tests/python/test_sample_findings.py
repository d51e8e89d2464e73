"""The recorded sample gives the findings that were planted in it, and no other."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest
import yaml

from support import ROOT, Workplace

ORDERS = "postgres://wh.internal:5432/shop.raw.orders"
# Listed by hand from the recorded files, before any of them was loaded.
EXPECTED = {
    ("AL01", "pipeline", "adhoc_reload"): "Nobody hears of a failure",
    ("AL01", "pipeline", "bi_refresh"): "Nobody hears of a failure",
    ("AL01", "pipeline", "finance_close"): "Nobody hears of a failure",
    ("AL01", "pipeline", "ingest_orders_v2_copy"): "Nobody hears of a failure",
    ("AL01", "pipeline", "ml_scoring"): "Nobody hears when one of these tasks fails: wait_features.",
    ("AL05", "alert rule", "DatasetStale"): "It pages (platform-page), and has no runbook.",
    ("CT01", "contract", "shop-orders"): "3 of 32 clauses are broken: customers: 1 d",
    ("CT02", "contract", "shop-orders"): "Nothing has tested 2 of its 4 promises for 30 days: orders orders arrive",
    ("CV01", "dataset", "postgres://127.0.0.1:15999/shop.marts.fct_orders"): "nobody promises when it is fresh",
    ("CV01", "dataset", "postgres://127.0.0.1:15999/shop.marts.fct_sessions"): "nobody promises when it is fresh",
    ("DJ01", "dataset", ORDERS): "2 jobs write it: ingest_orders (airflow, 14 writes",
    ("DJ02", "task", "model.shop.fct_orders_copy"): "It makes by the same statement from the same inputs",
    ("FR02", "service level", "books-closed"): "13 misses, and 1.4 are allowed",
    ("FR02", "service level", "orders-delivered"): "13 misses, and 0.7 are allowed",
    ("IN01", "incident", "INC-7"): "no monitor had told of it",
    ("OW01", "pipeline", "ingest_orders_v2_copy"): "its owner is the default, airflow",
    ("SI02", "pipeline", "build_marts"): "2 of 12 runs hid failed work: publish, stage, test.",
    ("SI06", "task", "ingest_customers.load"): "13 of 13 runs (100 %)",
}
# What comes close to a finding, and is none.
EXPECTED_OTHERS = {
    ("AL01", "ingest_orders"): ("clear", "A failure callback of the DAG"),
    ("AL01", "ingest_customers"): ("clear", "Every task has a failure callback"),
    ("AL01", "build_marts"): ("clear", "Alert rules fire when a run fails: PipelineRunFailed, TaskFailed."),
    ("AL01", "sessions"): ("clear", "Alert rules fire when a run fails: PipelineRunFailed."),
    ("AL01", "legacy_ftp_export"): ("clear", "Not active: it is paused."),
    ("AL01", "shop"): ("cannot_tell", "Its metadata does not say"),
    ("CH01", "shop of 2026-11-21 05:47:15"): ("cannot_tell", "What fails since may have other causes: model.shop"),
    ("CH01", "shop of 2026-11-21 05:47:27"): ("clear", "What it changed ran well"),
    ("CK02", "unit_test.shop.rpt_revenue_by_country.revenue_sums"): ("clear", "It was executed lately"),
    ("DJ01", "postgres://wh.internal:5432/shop.raw.customers"): ("clear", "One job writes it: ingest_customers"),
    ("DJ02", "model.shop.fct_orders"): ("clear", "It is the one to keep of those that do the same work"),
    ("DJ02", "model.shop.fct_payments"): ("clear", "No other task does its work."),
    ("FR03", "shop-orders"): ("cannot_tell", "Of shop-orders/customers/frequency nobody knows when its work begins"),
    ("FR03", "shop-payments"): ("clear", "It binds nobody: its status is draft."),
    ("OW01", "bi_refresh"): ("clear", "Its owner is bi, analytics."),  # the DAG's own list says airflow
    ("OW01", "gx_fct_orders"): ("cannot_tell", "Its metadata does not speak of owners."),
    ("OW01", "legacy_ftp_export"): ("clear", "Not active: it is paused."),
    ("SI01", "postgres://127.0.0.1:15999/shop.marts.fct_payments"): ("cannot_tell", "model.shop.fct_payments"),
    ("SI01", ORDERS): ("cannot_tell", "The rows of 26 of 26 writes were not counted."),
    ("SI02", "finance_close"): ("clear", "None of 14 runs"),  # it fails, and says so
    ("SI02", "sessions"): ("clear", "None of 8 runs"),  # its skips are those of a branch
    ("SI05", "build_marts"): ("cannot_tell", "Of 2 of its 2 inputs nobody can tell"),  # it ran too seldom
    ("SI05", "ingest_orders"): ("cannot_tell", "Nothing tells what it read lately."),
    ("SI06", "bi_refresh.refresh"): ("cannot_tell", "8 runs ended lately, too few"),
    ("SI06", "finance_close.reconcile"): ("clear", "0 of 13 runs"),  # the fourteenth was cleared
    ("SI06", "ingest_orders.load"): ("clear", "1 of 16 runs (6 %)"),
    ("TL01", "finance_close"): ("clear", "No run was lost"),
    ("TL01", "legacy_ftp_export"): ("cannot_tell", "It did not run lately."),
}


def test_the_planted_faults_are_found_and_nothing_else(sample: Workplace) -> None:
    found = {
        (row["rule_id"], row["subject_type"], row["subject_name"]): row
        for row in sample.query("select * from marts.fct_findings")
    }
    assert sorted(found) == sorted(EXPECTED)
    for key, reason in EXPECTED.items():
        assert reason in found[key]["reason"], key
        assert found[key]["status"] == "open", key
        assert json.loads(found[key]["evidence"]), key
        assert (ROOT / found[key]["runbook"]).is_file(), key


def test_what_is_no_finding_says_why(sample: Workplace) -> None:
    results = {
        (row["rule_id"], row["subject_name"]): (row["verdict"], row["reason"])
        for row in sample.query("select * from marts.fct_audit_results where verdict <> 'finding'")
    }
    for key, (verdict, reason) in EXPECTED_OTHERS.items():
        assert key in results, key
        assert results[key][0] == verdict, (key, results[key])
        assert results[key][1].startswith(reason), (key, results[key])


def recorded(table: str) -> Iterator[dict[str, str]]:
    with (ROOT / f"sample/airflow/{table}.csv").open(newline="") as lines:
        yield from csv.DictReader(lines)


@pytest.fixture(autouse=True)
def long_fields() -> None:
    csv.field_size_limit(2**27)


def test_green_runs_over_failed_work_are_those_of_the_recorded_files(sample: Workplace) -> None:
    failed = {(row["dag_id"], row["run_id"]) for row in recorded("task_instance") if "failed" in row["state"]}
    green = {(row["dag_id"], row["run_id"]) for row in recorded("dag_run") if row["state"] == "success"}
    expected = defaultdict(set)
    for dag_id, run_id in failed & green:
        expected[dag_id].add(run_id)
    found = sample.query("select subject_name, evidence from marts.fct_findings where rule_id = 'SI02'")
    assert {row["subject_name"]: set(json.loads(row["evidence"])["run_ids"]) for row in found} == expected


def test_unalerted_dags_are_those_of_the_recorded_files(sample: Workplace) -> None:
    paused = {row["dag_id"] for row in recorded("dag") if row["is_paused"] not in ("0", "f", "False", "false")}
    expected = {}
    for row in recorded("serialized_dag"):
        dag = json.loads(row["data"])["dag"]
        tasks = [{**task["__var"].get("partial_kwargs", {}), **task["__var"]} for task in dag["tasks"]]
        silent = sorted(
            task["task_id"]
            for task in tasks
            if not task.get("has_on_failure_callback")
            and not (task.get("email") and task.get("email_on_failure", True))
        )
        is_told = dag.get("has_on_failure_callback") or dag.get("deadline")
        if silent and not is_told and row["dag_id"] not in paused:
            expected[row["dag_id"]] = ", ".join(silent)
    found = sample.query("select subject_name, evidence from marts.fct_findings where rule_id = 'AL01'")
    silent_tasks = {row["subject_name"]: json.loads(row["evidence"])["tasks_without_failure_alerting"] for row in found}
    assert silent_tasks == expected


def test_the_same_faults_are_found_in_airflow_2(make_workplace: Callable[..., Workplace]) -> None:
    """The DAGs of the sample, recorded on Airflow 2.10, which has no deadlines: sessions is told of nowhere."""
    workplace = make_workplace("airflow2")
    recording = "tests/fixtures/airflow-2.10.5"
    feeds = [
        {"kind": "airflow", "name": "airflow", "url": f"{recording}/metadata"},
        {"kind": "openlineage", "name": "lineage", "path": f"{recording}/openlineage.ndjson.gz"},
    ]
    (workplace.folder / "plumbline.yml").write_text(yaml.safe_dump({"feeds": feeds}))
    workplace.load()
    workplace.dbt("build", "--quiet", "--select", "+fct_findings", "--exclude-resource-type", "unit_test", "test")
    found = workplace.query("select rule_id, subject_type, subject_name from marts.fct_findings")
    # The other feeds, which tell of contracts, service levels and exposures, are not loaded.
    of_airflow = {key for key in EXPECTED if key[0] in ("AL01", "DJ01", "OW01", "SI02", "SI06")}
    assert sorted(tuple(row.values()) for row in found) == sorted({*of_airflow, ("AL01", "pipeline", "sessions")})

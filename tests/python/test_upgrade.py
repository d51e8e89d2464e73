"""A warehouse of the release before, after the next ordinary load and build, is as one that is built anew."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from releases import CONFIG, LATER, RELEASE, restore_release
from support import BIN, FINDINGS, Workplace, run
from test_build_sample import differences, keys_of, marts_of

FEEDS = "tests/release/feeds/plumbline.yml"
# What no release has had for ever: a column of a raw table, a seed, a snapshot, an increment, a dimension and a fact.
NEW_COLUMNS = [
    ("raw", "openlineage_events", "schema_url"),
    ("raw", "airflow_dag_run", "backfill_id"),
    ("seeds", "audit_rules", "severity"),
    ("snapshots", "snap_airflow__dags", "bundle_name"),
    ("staging", "stg_openlineage__event_datasets", "dataset_version"),
    ("marts", "dim_checks", "severity"),
    ("marts", "fct_pipeline_runs", "clear_number"),
]


def place(make_workplace: Callable[..., Workplace], name: str, target: str, env: dict[str, str]) -> Workplace:
    workplace = make_workplace(name, target, env)
    (workplace.folder / FEEDS).write_text(json.dumps(CONFIG))
    return workplace


@pytest.fixture(scope="module")
def fresh(make_workplace: Callable[..., Workplace]) -> Workplace:
    """The feeds of that release, and what came later, built anew."""
    workplace = place(make_workplace, "fresh", "dev", {})
    workplace.load(FEEDS)
    workplace.dbt("build", "--quiet", "--exclude-resource-type", "test", "unit_test")
    return workplace


@pytest.fixture(scope="module", params=["dev", "prod"])
def old(request: pytest.FixtureRequest, make_workplace: Callable[..., Workplace]) -> Workplace:
    """A warehouse as that release left it, and as one before it lacked."""
    env = request.getfixturevalue("make_postgres_database")() if request.param == "prod" else {}
    workplace = place(make_workplace, "old", request.param, env)
    restore_release(workplace, NEW_COLUMNS)
    return workplace


@pytest.fixture(scope="module")
def printed_by_load(old: Workplace) -> str:
    """What an ordinary load of it printed, after which an ordinary build upgraded it."""
    for schema, table, column in NEW_COLUMNS:
        assert column not in columns(old, schema, table)
    printed = old.load(FEEDS)
    old.dbt("build", "--quiet", "--exclude-resource-type", "test", "unit_test")
    return printed


def columns(workplace: Workplace, schema: str, table: str) -> set[str]:
    query = "select column_name from information_schema.columns where table_schema = '{}' and table_name = '{}'"
    return {row["column_name"] for row in workplace.query(query.format(schema, table))}


def test_an_ordinary_load_and_build_upgrade_it(
    old: Workplace, printed_by_load: str, fresh: Workplace, manifest: dict[str, Any]
) -> None:
    later = gzip.decompress((RELEASE / "feeds" / LATER).read_bytes()).splitlines()
    assert f"lineage: {len(later)} records landed" in printed_by_load, "What was landed before is not landed again."
    assert "warehouse: nothing new" in printed_by_load
    for schema, table, column in NEW_COLUMNS:
        assert column in columns(old, schema, table), f"{schema}.{table}.{column}"
    keys, found = keys_of(manifest), []
    for node in marts_of(manifest):
        query = f"select * from {node['schema']}.{node['alias']}"
        assert columns(old, node["schema"], node["alias"]) == columns(fresh, node["schema"], node["alias"])
        if node["name"] == "fct_findings":
            query = query.replace("*", "rule_id, subject_name") + " where status = 'open' order by 1, 2"
            assert old.query(query) == fresh.query(query)
        if node["name"] in FINDINGS:
            # Episodes begin when a build first saw them.
            continue
        rows = fresh.query(query)
        found += differences(node["name"], keys.get(node["unique_id"], []), rows, old.query(query))[:12]
    assert found == []


def version(workplace: Workplace, number: int, retention: dict[str, int] | None = None) -> None:
    path = workplace.folder / "dbt_project.yml"
    text = re.sub(r"  increments_version: \d+", f"  increments_version: {number}", path.read_text())
    path.write_text(re.sub(r"  retention_days: .*", f"  retention_days: {json.dumps(retention or {})}", text))


@pytest.mark.usefixtures("printed_by_load")
def test_increments_of_a_release_that_changed_them_are_made_anew_once(old: Workplace) -> None:
    model = "stg_openlineage__event_datasets"

    def wrong_rows_after_a_build() -> int:
        old.execute(f"update staging.{model} set producer_name = 'wrong'")
        old.dbt("run", "--quiet", "--select", model)
        return int(old.query(f"select count(*) as n from staging.{model} where producer_name = 'wrong'")[0]["n"])

    assert wrong_rows_after_a_build() > 0, "An increment leaves what it has."
    version(old, 99)
    assert wrong_rows_after_a_build() == 0
    assert wrong_rows_after_a_build() > 0, "Once is enough."


@pytest.mark.usefixtures("printed_by_load")
def test_rows_that_only_a_fact_still_has_are_not_lost_to_an_upgrade(old: Workplace) -> None:
    project = old.folder / "dbt_project.yml"
    config = "      operations: {fct_dataset_reads: {+materialized: incremental, +unique_key: dataset_read_key}}\n"
    project.write_text(project.read_text().replace("    marts:\n", f"    marts:\n{config}", 1))
    version(old, 100, {"raw": 40})
    kept = old.query("select count(*) as n from marts.fct_dataset_reads")
    command = (BIN / "dbt", "run", "--select", "fct_dataset_reads", "--target", old.target)
    done = run(*command, cwd=old.folder, env=old.env)
    assert done.returncode == 1, done.stdout
    assert "which loses its rows from before the 40 days for which raw is kept" in done.stdout
    assert old.query("select count(*) as n from marts.fct_dataset_reads") == kept

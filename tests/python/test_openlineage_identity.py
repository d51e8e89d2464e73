"""OpenLineage's runs and Airflow's tries are the same things, by whichever instance ran them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from support import Workplace

CONFIG = """
feeds:
  - {kind: airflow, name: older, url: tests/fixtures/airflow-2.10.5/metadata}
  - {kind: airflow, name: newer, url: sample/airflow}
  - {kind: openlineage, name: older_events, path: tests/fixtures/airflow-2.10.5/openlineage.ndjson.gz}
  - {kind: openlineage, name: newer_events, path: sample/openlineage/airflow.ndjson.gz}
"""
TRIES = """
    with tries as (
        select source_name, dag_id, run_id, task_id, map_index, try_number from staging.stg_airflow__task_instances
        union
        select source_name, dag_id, run_id, task_id, map_index, try_number
        from staging.stg_airflow__task_instance_history
    )
    select events.source_name, identified.platform_instance, count(*) as events, count(tries.dag_id) as joined
    from staging.stg_openlineage__events as events
    inner join intermediate.int_openlineage_runs__identified as identified
        on events.source_name = identified.source_name and events.run_id = identified.openlineage_run_id
    left join tries
        on identified.platform_instance = tries.source_name
        and identified.pipeline_name = tries.dag_id
        and identified.run_id = tries.run_id
        and identified.task_name = tries.task_id
        and identified.map_index = tries.map_index
        and identified.try_number = tries.try_number
    where events.job_type = 'TASK'
    group by 1, 2
    order by 1, 2
"""


@pytest.fixture(scope="module")
def two_airflows(make_workplace: Callable[..., Workplace]) -> Workplace:
    """Two Airflows with the same DAGs and run ids, and the events of both."""
    workplace = make_workplace("two_airflows")
    (workplace.folder / "two.yml").write_text(CONFIG)
    workplace.load("two.yml")
    chosen = ["--select", "+int_pipeline_runs__from_openlineage", "+int_openlineage_runs__identified"]
    workplace.dbt("build", *chosen, "--exclude-resource-type", "test", "unit_test")
    return workplace


def test_every_task_event_joins_to_the_try_of_its_own_airflow(two_airflows: Workplace) -> None:
    expected: list[dict[str, Any]] = [
        {"source_name": "newer_events", "platform_instance": "newer", "events": 404, "joined": 404},
        {"source_name": "older_events", "platform_instance": "older", "events": 384, "joined": 384},
    ]
    assert two_airflows.query(TRIES) == expected


def test_every_dag_run_of_the_events_is_in_its_own_airflow(two_airflows: Workplace) -> None:
    unknown = two_airflows.query(
        """
        select lineage.platform_instance, lineage.pipeline_name, lineage.run_id
        from intermediate.int_pipeline_runs__from_openlineage as lineage
        left join staging.stg_airflow__dag_runs as dag_runs
            on lineage.platform_instance = dag_runs.source_name
            and lineage.pipeline_name = dag_runs.dag_id
            and lineage.run_id = dag_runs.run_id
        where dag_runs.run_id is null
        """
    )
    assert unknown == []


def test_both_airflows_have_the_same_run_ids(two_airflows: Workplace) -> None:
    """Without this the two tests above would prove nothing."""
    shared = two_airflows.query(
        """
        select count(*) as shared
        from staging.stg_airflow__dag_runs as older
        inner join staging.stg_airflow__dag_runs as newer
            on older.dag_id = newer.dag_id and older.run_id = newer.run_id
        where older.source_name = 'older' and newer.source_name = 'newer'
        """
    )
    assert shared[0]["shared"] > 50

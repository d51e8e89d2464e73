"""Both engines give the same marts of a platform that is larger and untidier than the sample."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from loading import event, lines
from support import ROOT, Workplace, run
from test_build_sample import FEEDS_OF_OTHERS, differences_of_marts

EVENTS = 5000
AIRFLOW_2 = "tests/fixtures/airflow-2.10.5"
FEEDS = [
    *FEEDS_OF_OTHERS,
    {"kind": "airflow", "name": "airflow_2", "url": f"{AIRFLOW_2}/metadata"},
    {"kind": "openlineage", "name": "lineage_of_airflow_2", "path": f"{AIRFLOW_2}/openlineage.ndjson.gz"},
    {"kind": "openlineage", "name": "generated", "path": "generated/*.ndjson"},
]
# The mix must hold what the engines could judge differently.
HELD = {
    "lost runs": "from marts.fct_pipeline_runs where verdict = 'lost'",
    "failed runs": "from marts.fct_pipeline_runs where verdict = 'failed'",
    "retried tries": "from marts.fct_task_attempts where try_number > 1",
    "failed tries with a class": "from marts.fct_task_attempts where state = 'failed' and error_class is not null",
    "failed checks": "from marts.fct_check_results where outcome = 'fail'",
    "findings": "from marts.fct_findings",
    "steps of lineage beyond the first": "from marts.bridge_lineage where depth > 1",
    "events that came twice": "from (select 1 from raw.openlineage_events group by event_md5 having count(*) > 1) as e",
}


def generate(folder: Path) -> None:
    done = run(sys.executable, ROOT / "benchmarks/generate_openlineage_events.py", folder, "--events", str(EVENTS))
    assert done.returncode == 0, done.stdout
    # A last event, ten days later, so that the runs that never ended are lost.
    (folder / "last.ndjson").write_bytes(lines(event(eventTime="2026-01-11T00:00:00Z")))


def built(workplace: Workplace) -> Workplace:
    generate(workplace.folder / "generated")
    (workplace.folder / "plumbline.yml").write_text(yaml.safe_dump({"feeds": FEEDS}))
    workplace.load()
    workplace.dbt("build", "--quiet", "--exclude-resource-type", "test", "unit_test")
    return workplace


@pytest.fixture(scope="module")
def on_both(
    make_workplace: Callable[..., Workplace], make_postgres_database: Callable[..., dict[str, str]]
) -> tuple[Workplace, Workplace]:
    """The platform on DuckDB and on PostgreSQL, built at the same time."""
    empty = make_workplace("parity"), make_workplace("parity_on_postgres", "prod", make_postgres_database())
    with ThreadPoolExecutor() as pool:
        on_duckdb, on_postgres = pool.map(built, empty)
    return on_duckdb, on_postgres


def test_the_platform_holds_what_the_engines_could_judge_differently(on_both: tuple[Workplace, Workplace]) -> None:
    counts = {what: on_both[0].query(f"select count(*) as found {rows}")[0]["found"] for what, rows in HELD.items()}
    assert all(counts.values()), json.dumps(counts, indent=2)
    (delivered,) = (on_both[0].folder / "generated").glob("events-*")
    times = [json.loads(line)["eventTime"] for line in delivered.read_text().splitlines()]
    assert times != sorted(times), "Some events should come out of order."


def test_both_engines_give_the_same_marts(on_both: tuple[Workplace, Workplace], manifest: dict[str, Any]) -> None:
    found = differences_of_marts(manifest, *on_both)
    if found:
        pytest.fail("DuckDB (left) and PostgreSQL (right) differ:\n  " + "\n  ".join(found), pytrace=False)

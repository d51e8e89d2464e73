"""Who reads while a build runs never sees an error, nor a fact without a member that it refers to."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import psycopg2
import pytest
import yaml

from support import AS_BUILDS_SAW_THEM, BIN, Workplace, connect, run
from test_build_sample import FEEDS_OF_OTHERS, differences, keys_of, marts_of

BUILD = ("build", "--quiet", "--exclude-resource-type", "unit_test", "test")


def orphans_query(manifest: dict[str, Any]) -> str:
    """One statement, and so one instant: every foreign key of the star with the rows whose member is not there."""
    parts = []
    for test in manifest["nodes"].values():
        kind = test.get("test_metadata") or {}
        child = manifest["nodes"].get(test.get("attached_node") or "", {})
        if kind.get("name") != "relationships" or child["schema"] != "marts":
            continue
        to = re.search(r"'(dim_\w+)'", kind["kwargs"]["to"])
        if to is None:
            continue
        child_name, column, key = child["name"], test["column_name"], kind["kwargs"]["field"]
        parts.append(
            f"select '{child_name}.{column}' as foreign_key, count(*) as orphans "
            f"from marts.{child_name} as child left join marts.{to[1]} as member on child.{column} = member.{key} "
            f"where member.{key} is null"
        )
    assert len(parts) > 20
    return "\nunion all\n".join(parts)


class Reader:
    """Reads again and again on a thread of its own; keeps what was wrong, and every state that it saw."""

    def __init__(self, read: Callable[[str], list[tuple[Any, ...]]], orphans: str, state: str) -> None:
        self.wrong: list[str] = []
        self.states: list[tuple[Any, ...]] = []
        self.reads = 0
        self._read = read
        self._orphans = orphans
        self._state = state

    def once(self) -> None:
        try:
            self.wrong += [f"{key}: {count} rows without member" for key, count in self._read(self._orphans) if count]
            self.states += self._read(self._state)
        except (duckdb.Error, psycopg2.Error) as error:
            self.wrong.append(f"{type(error).__name__}: {error}")
        self.reads += 1

    @contextmanager
    def all_the_time(self) -> Iterator[None]:
        is_over = threading.Event()

        def loop() -> None:
            while not is_over.is_set():
                self.once()
                is_over.wait(0.02)

        thread = threading.Thread(target=loop)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()
        self.once()


def test_readers_of_postgresql_never_miss_a_member(
    make_workplace: Callable[..., Workplace],
    make_postgres_database: Callable[..., dict[str, str]],
    sample_on_postgres: Workplace,
    manifest: dict[str, Any],
) -> None:
    """First the lineage alone, then with the platforms that it speaks of, which name its runs and tasks anew."""
    workplace = make_workplace("readers", "prod", make_postgres_database())
    config = workplace.folder / "plumbline.yml"
    config.write_text(yaml.safe_dump({"feeds": [feed for feed in FEEDS_OF_OTHERS if feed["kind"] == "openlineage"]}))
    workplace.load()
    workplace.dbt(*BUILD)
    config.write_text(yaml.safe_dump({"feeds": FEEDS_OF_OTHERS}))
    connection = connect(workplace.env, workplace.env["PLUMBLINE_PG_DATABASE"])
    connection.autocommit = True

    def read(query: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    names = "select string_agg(pipeline_name, ', ' order by pipeline_key) from marts.dim_pipelines_current"
    reader = Reader(read, orphans_query(manifest), names)
    with reader.all_the_time():
        workplace.load()
        workplace.dbt(*BUILD)
    connection.close()
    assert not reader.wrong, "\n".join(sorted(set(reader.wrong)))
    assert reader.reads > 20
    assert len(set(reader.states)) > 2, "Members should have come, and stayed until the facts had left them."
    found = []
    for node in marts_of(manifest):
        if node["schema"] == "marts" and node["name"] not in AS_BUILDS_SAW_THEM:
            query = f"select * from {node['schema']}.{node['alias']}"
            key = keys_of(manifest).get(node["unique_id"], [])
            found += differences(node["name"], key, workplace.query(query), sample_on_postgres.query(query))[:5]
    assert not found, "A build over an older one differs from one from nothing:\n" + "\n".join(found)


# DuckDB gives one process one view of a file, so a reader that keeps the old copy open is another process.
PATIENT = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
print("open", flush=True)
sys.stdin.read()
print(connection.execute(sys.argv[2]).fetchone()[0])
"""
GONE = "00000000-0000-0000-0000-0000000000ff"
GONE_VERSION = "00000000-0000-0000-0000-0000000000fe"


@pytest.mark.parametrize("built", ["sample_copy", "sample_on_postgres_copy"])
def test_a_member_that_is_gone_stays_until_no_fact_refers_to_it(built: str, request: pytest.FixtureRequest) -> None:
    """A team and a pipeline that are nowhere in the metadata, with a run of theirs; and a version that has none."""
    workplace: Workplace = request.getfixturevalue(built)

    def copy(dimension: str, where: str, *keys: str) -> None:
        names = list(workplace.query(f"select * from marts.{dimension} limit 1")[0])
        given = dict(key.split("=") for key in keys)
        values = ", ".join(f"cast('{given[name]}' as uuid)" if name in given else name for name in names)
        workplace.execute(f"insert into marts.{dimension} select {values} from marts.{dimension} where {where}")

    def gone() -> list[list[dict[str, Any]]]:
        what = "is_retired, is_current, valid_from = valid_to as is_never"
        ours = f"in ('{GONE}', '{GONE_VERSION}')"
        return [
            workplace.query(f"select is_retired from marts.dim_teams where team_key {ours}"),
            workplace.query(f"select {what} from marts.dim_pipelines where pipeline_version_key {ours}"),
        ]

    named = "pipeline_name = 'ingest_orders' and is_current"
    copy("dim_teams", "team_name = 'bi'", f"team_version_key={GONE}", f"team_key={GONE}")
    copy("dim_pipelines", named, f"pipeline_version_key={GONE_VERSION}")
    one_of_them = f"{named} and pipeline_version_key = '{GONE_VERSION}'"
    copy("dim_pipelines", one_of_them, f"pipeline_version_key={GONE}", f"pipeline_key={GONE}")
    run = workplace.query("select * from marts.fct_pipeline_runs order by pipeline_run_key limit 1")[0]
    keys = ("team_key", "pipeline_key", "pipeline_version_key")
    change = "update marts.fct_pipeline_runs set {} where pipeline_run_key = '{}'"

    workplace.execute(change.format(", ".join(f"{key} = '{GONE}'" for key in keys), run["pipeline_run_key"]))
    workplace.dbt("run", "--quiet", "--select", "dim_teams", "dim_pipelines")
    assert gone() == [[{"is_retired": True}], [{"is_retired": True, "is_current": True, "is_never": True}]]
    assert workplace.query(
        f"select count(*) as ones from marts.dim_pipelines_current where {named} and not is_retired"
    ) == [{"ones": 1}]

    workplace.execute(change.format(", ".join(f"{key} = '{run[key]}'" for key in keys), run["pipeline_run_key"]))
    workplace.dbt("run", "--quiet", "--select", "dim_dates")
    assert gone() == [[], []]


def test_readers_of_duckdb_see_one_good_build_after_the_other(sample_copy: Workplace, manifest: dict[str, Any]) -> None:
    workplace = sample_copy
    copy = workplace.folder / "readers" / "plumbline.duckdb"
    assert stat.S_IMODE(copy.stat().st_mode) & 0o222 == 0

    def read(query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(copy), read_only=True) as connection:
            return connection.execute(query).fetchall()

    seed = workplace.folder / "seeds" / "team_aliases.csv"
    seed.write_text(seed.read_text() + "analytics,insight\n")
    teams = "select string_agg(team_name, ', ' order by team_name) from marts.dim_teams"
    reader = Reader(read, orphans_query(manifest), teams)
    reader.once()
    patient = subprocess.Popen(
        [sys.executable, "-c", PATIENT, str(copy), teams], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert patient.stdout is not None
    assert patient.stdout.readline() == "open\n"
    with reader.all_the_time():
        workplace(BIN / "plumbline", "run", "--no-docs")
    assert not reader.wrong, "\n".join(sorted(set(reader.wrong)))
    assert reader.reads > 20
    old, new = dict.fromkeys(reader.states)
    assert ("analytics" in old[0], "insight" in new[0]) == (True, True)
    assert patient.communicate()[0].strip() == old[0]


def test_a_failed_build_is_not_published(sample_copy: Workplace) -> None:
    copy = sample_copy.folder / "readers" / "plumbline.duckdb"
    before = copy.stat()
    (sample_copy.folder / "tests" / "assert_no_team.sql").write_text("select * from {{ ref('dim_teams') }}")
    for selection, code in (("dim_teams", 3), ("team_aliases", 0)):
        command = [BIN / "plumbline", "run", "--no-docs", "--select", selection]
        assert (
            run(*command, cwd=sample_copy.folder, env={"PLUMBLINE_PROJECT_DIR": str(sample_copy.folder)}).returncode
            == code
        )
    assert (copy.stat().st_ino, copy.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)

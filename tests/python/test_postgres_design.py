"""How tables lie on PostgreSQL: the indexes that their models list, why, and statistics that a build leaves fresh."""

from __future__ import annotations

import re
from typing import Any

from support import ROOT, Workplace

INDEXES = """
    select
        pg_namespace.nspname || '.' || pg_class.relname as relation,
        array_agg(
            pg_get_indexdef(pg_index.indexrelid, position, true) order by position
        ) filter (where position <= pg_index.indnkeyatts) as columns,
        coalesce(array_agg(
            pg_get_indexdef(pg_index.indexrelid, position, true) order by position
        ) filter (where position > pg_index.indnkeyatts), array[]::text[]) as include,
        pg_index.indpred is not null as is_partial
    from pg_index
    inner join pg_class on pg_index.indrelid = pg_class.oid
    inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid
    cross join lateral generate_series(1, pg_index.indnatts) as positions (position)
    where not pg_index.indisprimary and pg_namespace.nspname = 'marts'
    group by pg_index.indexrelid, 1, pg_index.indpred is not null
"""
NOT_FRESH = """
    select oid::regclass::text as relation, reltuples, relpages, relallvisible
    from pg_class
    where
        relkind = 'r'
        and relnamespace::regnamespace::text in ('staging', 'intermediate', 'snapshots', 'audit', 'marts')
        and (reltuples < 0 or reltuples > 0 and relallvisible = 0)
"""

Index = tuple[str, tuple[str, ...], tuple[str, ...], bool]


def found_indexes(workplace: Workplace) -> list[Index]:
    return sorted(
        (row["relation"], tuple(row["columns"]), tuple(row["include"]), row["is_partial"])
        for row in workplace.query(INDEXES)
    )


def listed_indexes(manifest: dict[str, Any]) -> list[Index]:
    return sorted(
        (
            f"{node['schema']}.{node['alias']}",
            tuple(index["columns"]),
            tuple(index.get("include", ())),
            "where" in index,
        )
        for node in manifest["nodes"].values()
        for index in node["config"]["meta"].get("reader_indexes", ())
    )


def test_every_index_is_on_the_page_with_the_plan_that_it_improves(manifest: dict[str, Any]) -> None:
    page = (ROOT / "docs/postgres.md").read_text()
    rows = re.findall(
        r"^\| `([^`]+)`: [^|]+ \| `(\w+)` \| ([\d.,]+) ms, ([\d,]+) buffers \| [\d.,]+ ms, ([\d,]+)", page, re.M
    )
    queries = {node["name"] for node in manifest["nodes"].values() if node["resource_type"] == "analysis"}
    written = [
        f"{node['alias']} ({', '.join(index['columns'])})"
        + (f" include ({', '.join(index['include'])})" if "include" in index else "")
        + (f" where {index['where']}" if "where" in index else "")
        for node in manifest["nodes"].values()
        for index in node["config"]["meta"].get("reader_indexes", ())
    ]
    assert sorted(index for index, *_ in rows) == sorted(written)
    for index, query, _, before, after in rows:
        assert query in queries, index
        assert int(after.replace(",", "")) < int(before.replace(",", "")), index


def test_every_index_that_a_model_lists_is_there_once(sample_on_postgres: Workplace, manifest: dict[str, Any]) -> None:
    listed = listed_indexes(manifest)
    assert listed
    assert found_indexes(sample_on_postgres) == listed


def test_a_build_leaves_every_table_vacuumed_and_analyzed(sample_on_postgres: Workplace) -> None:
    assert sample_on_postgres.query(NOT_FRESH) == []


def test_the_next_run_creates_an_index_that_a_table_lacks(
    sample_on_postgres_copy: Workplace, manifest: dict[str, Any]
) -> None:
    workplace = sample_on_postgres_copy
    lost = workplace.query(
        "select indexrelid::regclass::text as name from pg_index "
        "where indrelid = 'marts.fct_pipeline_runs'::regclass and not indisprimary"
    )
    workplace.execute(*(f"drop index {row['name']}" for row in lost))
    assert len(found_indexes(workplace)) == len(listed_indexes(manifest)) - len(lost)
    workplace.dbt("run", "--quiet", "--select", "fct_pipeline_runs")
    assert found_indexes(workplace) == listed_indexes(manifest)

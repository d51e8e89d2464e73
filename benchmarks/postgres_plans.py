"""Show what each index of the marts gives on PostgreSQL: the plans of analyses/ with it, and with it dropped.

Fills the marts as postgres_readers.py does. An index is dropped in a transaction that is rolled back, and the query
that used it is planned and run again. Prints, for each, milliseconds and buffers of the third run of both, and the
step of the plan that reads the index's table; ends with exit code 1 where no query uses an index.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
from postgres_readers import SETTINGS, connect, execute, fill, make_empty_warehouse, postgres_server, write_scripts

ASKED = {":day": "15", ":pipeline": "11", ":dataset": "5"}
Plan = dict[str, Any]


def explained(cursor: psycopg2.extensions.cursor, query: str) -> Plan:
    """The plan of a query's third run, with its planning and execution time."""
    for _ in range(3):
        cursor.execute(f"explain (analyze, buffers, format json) {query}")
    ((found,),) = cursor.fetchall()
    return found[0]


def nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def indexes_of(node: Plan) -> set[str]:
    return {found["Index Name"] for found in nodes(node) if "Index Name" in found}


def steps(plan: Plan, table: str) -> str:
    """The nodes that read a table, each with its index's columns, loops, and rows kept and removed."""
    told = []
    for node in nodes(plan["Plan"]):
        if node.get("Relation Name") != table:
            continue
        rows = node["Actual Rows"] * node["Actual Loops"]
        removed = (node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        told.append(
            f"{node['Node Type']} {' '.join(sorted(indexes_of(node)))} "
            f"({node['Actual Loops']:,.0f} loops, {rows:,.0f} rows, {removed:,.0f} removed)"
        )
    return "; ".join(told)


def figures(plan: Plan, table: str) -> str:
    root = plan["Plan"]
    buffers = root["Shared Hit Blocks"] + root["Shared Read Blocks"]
    return f"{plan['Execution Time']:,.1f} ms, {buffers:,} buffers: {steps(plan, table)}"


def compare(settings: dict[str, str], database: str, scripts: list[Path]) -> bool:
    """Prints each index with the queries that use it; returns whether all are used."""
    connection = connect(settings, database)
    cursor = connection.cursor()
    queries = {}
    for script in scripts:
        query = "\n".join(line for line in script.read_text().splitlines() if not line.startswith("\\"))
        for word, value in ASKED.items():
            query = query.replace(word, value)
        queries[script.stem] = query.strip().rstrip(";")
    with_all = {name: explained(cursor, query) for name, query in queries.items()}
    cursor.execute(
        "select indexrelid::regclass::text, indrelid::regclass::text, pg_get_indexdef(indexrelid), "
        "pg_size_pretty(pg_relation_size(indexrelid)) from pg_index "
        "where not indisprimary and indrelid in (select oid from pg_class where relnamespace = 'marts'::regnamespace) "
        "order by 2, 3"
    )
    are_used = True
    for index, table, definition, size in cursor.fetchall():
        name, relation = index.split(".")[-1].strip('"'), table.split(".")[-1]
        print(f"\n{definition.split(' ON ')[1]}, {size}")
        users = [query for query, plan in with_all.items() if name in indexes_of(plan["Plan"])]
        are_used = are_used and bool(users)
        for user in users:
            cursor.execute("begin")
            cursor.execute(f"drop index {index}")
            without = explained(cursor, queries[user])
            cursor.execute("rollback")
            print(
                f"  {user}\n    without {figures(without, relation)}\n    with    {figures(with_all[user], relation)}"
            )
    print()
    for query, plan in with_all.items():
        print(f"{query}: {plan['Execution Time']:,.1f} ms; {', '.join(sorted(indexes_of(plan['Plan'])))}")
    connection.close()
    return are_used


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pipelines", type=int, default=185, help="185 make 2 million task attempts a year")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--row-order", choices=["time", "random"], default="random", help="as postgres_readers.py")
    parser.add_argument("--database", default="plumbline_plans_benchmark", help="is dropped and made anew")
    parser.add_argument("--filled", action="store_true", help="ask the database as an earlier run has filled it")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="plumbline_benchmark_"))
    try:
        with postgres_server() as settings:
            if not arguments.filled:
                make_empty_warehouse(folder, settings, arguments.database)
                fill(settings, arguments.database, arguments)
            execute(settings, arguments.database, SETTINGS)
            are_used = compare(settings, arguments.database, write_scripts(folder, settings, arguments.database))
    finally:
        shutil.rmtree(folder)
    sys.exit(0 if are_used else 1)


if __name__ == "__main__":
    main()

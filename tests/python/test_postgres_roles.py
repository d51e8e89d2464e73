"""Least privilege on PostgreSQL: what the roles of deploy/postgres may and may not do in a warehouse that they made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import psycopg2
import pytest
from psycopg2.errors import InsufficientPrivilege

from aged import add_aged
from roles import PASSWORD, Roles
from support import Workplace, connect
from test_retention import keep, purge

Ask = Callable[[str, str], list[tuple[object, ...]]]
WRITES = ("insert", "update", "delete", "truncate")
BUILT = ("seeds", "staging", "intermediate", "snapshots", "audit", "marts")


@pytest.fixture
def ask(sample_on_postgres: Workplace) -> Iterator[Ask]:
    """Asks as one of the roles; what it does is undone."""
    connections: dict[str, psycopg2.extensions.connection] = {}

    def answer(role: str, statement: str) -> list[tuple[object, ...]]:
        if role not in connections:
            login = {**sample_on_postgres.env, "PLUMBLINE_PG_USER": role}
            connections[role] = connect(login, sample_on_postgres.env["PLUMBLINE_PG_DATABASE"])
        connection = connections[role]
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.rollback()

    yield answer
    for connection in connections.values():
        connection.close()


@pytest.fixture
def relations(ask: Ask, postgres_roles: Roles) -> dict[str, list[str]]:
    """The tables and views of the warehouse, by schema."""
    found: dict[str, list[str]] = {}
    query = (
        "select schemaname, tablename from pg_tables union all select schemaname, viewname from pg_views order by 1, 2"
    )
    for schema, name in ask(postgres_roles.builder, query):
        if schema in ("raw", *BUILT):
            found.setdefault(str(schema), []).append(f"{schema}.{name}")
    assert sorted(found) == sorted(("raw", *BUILT))
    return found


def may(ask: Ask, role: str, statement: str) -> bool:
    try:
        ask(role, statement)
    except InsufficientPrivilege:
        return False
    return True


def test_a_reader_sees_every_mart_and_nothing_else(
    ask: Ask, postgres_roles: Roles, relations: dict[str, list[str]]
) -> None:
    seen = {
        relation
        for schema in relations
        for relation in relations[schema]
        if may(ask, postgres_roles.reader, f"select * from {relation} limit 1")
    }
    assert seen == set(relations["marts"])


def test_a_reader_changes_nothing(ask: Ask, postgres_roles: Roles, relations: dict[str, list[str]]) -> None:
    granted = ask(
        postgres_roles.builder,
        f"select relation, privilege from unnest(array{[name for names in relations.values() for name in names]}) "
        f"as relations (relation), unnest(array{list(WRITES)}) as privileges (privilege) "
        f"where has_table_privilege('{postgres_roles.reader}', relation, privilege)",
    )
    assert not granted
    for schema in (*relations, "public"):
        assert not may(ask, postgres_roles.reader, f"create table {schema}.of_reader (id integer)"), schema
    assert not may(ask, postgres_roles.reader, "create temporary table of_reader (id integer)")
    assert not may(ask, postgres_roles.reader, "create schema of_reader")


def test_a_reader_sees_what_later_builds_make(sample_on_postgres_copy: Workplace, postgres_roles: Roles) -> None:
    workplace = sample_on_postgres_copy
    database = workplace.env["PLUMBLINE_PG_DATABASE"]
    workplace.execute(*(f"create table {schema}.fct_later as select 1 as id" for schema in ("marts", "audit")))
    reader = connect({**workplace.env, **postgres_roles.login(postgres_roles.reader)}, database)
    with reader.cursor() as cursor:
        cursor.execute("select id from marts.fct_later")
        assert cursor.fetchall() == [(1,)]
        with pytest.raises(InsufficientPrivilege):
            cursor.execute("select id from audit.fct_later")
    reader.close()


def test_the_builder_reads_raw_and_changes_nothing_in_it(
    ask: Ask, postgres_roles: Roles, relations: dict[str, list[str]]
) -> None:
    for relation in relations["raw"]:
        assert may(ask, postgres_roles.builder, f"select * from {relation} limit 1"), relation
        for statement in (f"insert into {relation} default values", f"delete from {relation}", f"truncate {relation}"):
            assert not may(ask, postgres_roles.builder, statement), statement
    assert not may(ask, postgres_roles.builder, "create table raw.of_builder (id integer)")
    assert not may(ask, postgres_roles.builder, "create schema of_builder")


def test_the_loader_reaches_raw_alone(ask: Ask, postgres_roles: Roles, relations: dict[str, list[str]]) -> None:
    for schema in BUILT:
        for relation in relations[schema]:
            assert not may(ask, postgres_roles.loader, f"select * from {relation} limit 1"), relation
        assert not may(ask, postgres_roles.loader, f"create table {schema}.of_loader (id integer)"), schema
    assert not may(ask, postgres_roles.loader, "create schema of_loader")
    assert may(ask, postgres_roles.loader, "delete from raw.loads")


def test_the_script_runs_again(
    sample_on_postgres_copy: Workplace, postgres_roles: Roles, administer: Callable[..., None]
) -> None:
    database = sample_on_postgres_copy.env["PLUMBLINE_PG_DATABASE"]
    privileges = "select relname, relowner, relacl::text from pg_class where relkind in ('r', 'v') order by oid"
    before = sample_on_postgres_copy.query(privileges)
    administer(postgres_roles.script(), database)
    assert sample_on_postgres_copy.query(privileges) == before


def test_who_is_in_both_roles_purges_and_the_two_go_on(
    sample_on_postgres_copy: Workplace, postgres_roles: Roles, administer: Callable[..., None]
) -> None:
    workplace = sample_on_postgres_copy
    build = ("build", "--quiet", "--select", "+fct_check_results", "--exclude-resource-type", "test", "unit_test")
    add_aged(workplace.folder / "sample")
    workplace.load()
    workplace.dbt(*build)
    keeper = f"{postgres_roles.prefix}_keeper"
    administer(f"create role {keeper} in role {postgres_roles.loader}, {postgres_roles.builder}")
    try:
        administer(f"alter role {keeper} login password '{PASSWORD}'")
        settings = {name: value for name, value in workplace.env.items() if "LOADER" not in name}
        keep(workplace, raw=91, fct_check_results=91)
        said = purge(replace(workplace, env={**settings, **postgres_roles.login(keeper)}))
    finally:
        administer(f"drop role {keeper}")
    for table in ("raw.openlineage_events", "staging.stg_openlineage__event_datasets", "marts.fct_check_results"):
        assert said[table][0] > 0, table
    workplace.load()
    workplace.dbt(*build)

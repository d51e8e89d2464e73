"""The warehouse that is loaded: a DuckDB file, or PostgreSQL attached to DuckDB, which loads both."""

from __future__ import annotations

import contextlib
import copy
import functools
import importlib.util
import os
import sys
import uuid
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

import duckdb

from plumbline import unpack
from plumbline.declared import Table
from plumbline.errors import ConfigError, FeedError, LockedError, PlumblineError, first_line, remember_secret
from plumbline.quoting import column_list, literal, quoted

TARGETS = ("dev", "prod")
LOADED_COLUMNS = ("_loaded_at", "_load_id")
# As autovacuum has it.
_SHARE_THAT_CHANGES_PLANS = 0.1
LOCK_TIMEOUT = "60s"

_DUCKDB_TYPES = {
    "text": "varchar",
    "timestamp": "timestamp",
    "boolean": "boolean",
    "integer": "integer",
    "bigint": "bigint",
    "double precision": "double",
    "date": "date",
    "uuid": "uuid",
    "json": "json",
}
# The first that knows both zstd and dictionaries of compressed texts; a file keeps the version that it was made with.
_STORAGE_VERSION = "v1.3.0"
_POSTGRES_TYPES = {**{name: name for name in _DUCKDB_TYPES}, "json": "jsonb"}


def duckdb_type(data_type: str) -> str:
    """Returns DuckDB's name of a declared type."""
    return _DUCKDB_TYPES[data_type]


def load_extension(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Loads a DuckDB extension from its PyPI wheel, or else installs it from DuckDB's repository."""
    spec = importlib.util.find_spec(f"duckdb_extension_{name}")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        file = Path(folder) / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
        if file.is_file():
            con.execute(f"load {literal(str(file))}")
            return
    try:
        con.execute(f"install {name}")
        con.execute(f"load {name}")
    except duckdb.Error as error:
        raise PlumblineError(
            f"DuckDB's extension {name} is not here and cannot be fetched ({first_line(error)}). "
            f"Install the package duckdb-extension-{name.replace('_', '-')}=={duckdb.__version__}."
        ) from None


def attach_postgres(con: duckdb.DuckDBPyConnection, alias: str, parameters: dict[str, str], read_only: bool) -> None:
    """Attaches a PostgreSQL database under an alias.

    `parameters` are libpq's (host, port, user, password, dbname, sslmode, ...). The connection string holds
    no password, which stands in a DuckDB secret of this session instead. Raises duckdb.Error.
    """
    load_extension(con, "postgres_scanner")
    remember_secret(parameters.get("password"))
    secret = f"{alias}_secret"
    fields = {"host": "host", "port": "port", "user": "user", "password": "password", "dbname": "database"}
    options = ", ".join(
        f"{field} {literal(parameters[name])}" for name, field in fields.items() if parameters.get(name)
    )
    con.execute(f"create or replace secret {quoted(secret)} (type postgres{', ' if options else ''}{options})")
    rest = {"connect_timeout": "10", "application_name": "plumbline", **parameters}
    connection = " ".join(f"{name}='{_escaped(value)}'" for name, value in rest.items() if name not in fields and value)
    mode = ", read_only" if read_only else ""
    con.execute(f"attach {literal(connection)} as {quoted(alias)} (type postgres, secret {quoted(secret)}{mode})")


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


# DuckDB takes the process down with it where it closes a connection whose transaction in PostgreSQL it cannot end.
_lost: list[duckdb.DuckDBPyConnection] = []


def leave(code: int) -> NoReturn:
    """Ends the process with this exit code, past connections that cannot be closed."""
    if _lost:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _indexed(table: Table, prefix: str = "") -> list[str]:
    """Returns what a table's unique index in PostgreSQL holds of its primary key.

    Texts that people choose stand in it as their hash, for PostgreSQL indexes no more than some 2,700 bytes of a row.
    """
    chosen = {key for key in table.primary_key if table.columns[key] == "text" and key != "_source_name"}
    names = {key: prefix + quoted(key) for key in table.primary_key}
    return [f"md5({name})" if key in chosen else name for key, name in names.items()]


class Warehouse:
    """An open warehouse. What is written between `begin` and `commit` happens whole or not at all."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, catalog: str, schema_prefix: str, place: str, is_postgres: bool
    ) -> None:
        self.con = con
        self.catalog = catalog
        self.schema_prefix = schema_prefix
        self.schema = f"{schema_prefix}raw"
        self.place = place
        self.is_postgres = is_postgres
        self.tables: dict[tuple[str, str], Table] = {}
        self._written: dict[str, int] = {}

    def __enter__(self) -> Warehouse:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.con.execute("select 1")
        except duckdb.FatalException:
            _lost.append(self.con)
        else:
            self.con.close()

    def relation(self, table: Table | str, schema: str | None = None) -> str:
        """Returns the full name of a raw table, or of a table in another schema, for use in DuckDB."""
        identifier = table if isinstance(table, str) else table.identifier
        return f"{quoted(self.catalog)}.{quoted(schema or self.schema)}.{quoted(identifier)}"

    def native(self, identifier: str) -> str:
        """Returns the name of a table in the raw schema as PostgreSQL itself knows it."""
        return f"{quoted(self.schema)}.{quoted(identifier)}"

    def table(self, feed: str, name: str) -> Table:
        """Returns a declared raw table by its source and name."""
        return self.tables[feed, name]

    def feed_tables(self, feed: str) -> list[Table]:
        """Returns the declared raw tables of a source."""
        return [table for table in self.tables.values() if table.feed == feed]

    def in_schema(self, name: str) -> Warehouse:
        """Returns this warehouse with another schema in the place of the raw one; `name` is without the prefix."""
        other = copy.copy(self)
        other.schema = f"{self.schema_prefix}{name}"
        other.tables = {}
        return other

    def stored_tables(self, wanted: Container[str] | None = None) -> dict[str, dict[str, str]]:
        """Returns the schema's tables, or the wanted ones, views left out, with the declared types of their columns.

        Raises ConfigError for a type that can be declared nowhere.
        """
        names = {"VARCHAR": "text", **{kind.upper(): name for name, kind in _DUCKDB_TYPES.items() if name != "text"}}
        stored = self._stored_names()
        found: dict[str, dict[str, str]] = {}
        for table, column, kind in self.query(
            "select table_name, column_name, data_type from duckdb_columns() "
            "where database_name = ? and schema_name = ? order by table_name, column_index",
            [self.catalog, self.schema],
        ):
            if table not in stored or (wanted is not None and table not in wanted):
                continue
            if kind not in names:
                raise ConfigError(
                    f"{self.schema}.{table}.{column} of {self.place} has the type {kind}, which is unknown"
                )
            found.setdefault(table, {})[column] = names[kind]
        return found

    def _stored_names(self) -> set[str]:
        if self.is_postgres:
            sql = f"select tablename from pg_tables where schemaname = {literal(self.schema)}"
            query = f"select tablename from postgres_query({literal(self.catalog)}, {literal(sql)})"
        else:
            query = (
                f"select table_name from duckdb_tables() where database_name = {literal(self.catalog)} "
                f"and schema_name = {literal(self.schema)}"
            )
        return {row[0] for row in self.query(query)}

    def empty(self, identifier: str) -> None:
        """Deletes every row of a table of the schema."""
        if self.is_postgres:
            self.execute_native(f"truncate {self.native(identifier)}")
        else:
            self.con.execute(f"delete from {self.relation(identifier)}")

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Runs a query and returns all its rows."""
        return self.con.execute(sql, list(parameters)).fetchall() if parameters else self.con.execute(sql).fetchall()

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """Runs a query and returns the first column of its first row, or None."""
        rows = self.query(sql, parameters)
        return rows[0][0] if rows else None

    def execute_native(self, sql: str) -> None:
        """Runs a statement on PostgreSQL itself, in the transaction that is open."""
        self.con.execute(f"call postgres_execute({literal(self.catalog)}, {literal(sql)})")

    def create_tables(self, tables: Sequence[Table]) -> None:
        """Creates the raw schema and every declared table and column that is not there yet.

        Nothing is written when all is there, so a user who may only insert and update can load; nor is a schema
        made that is there, so a user who may make no schemas can own it.
        """
        self.tables = {(table.feed, table.name): table for table in tables}
        existing: dict[str, set[str]] = {}
        for table_name, column_name in self.query(
            "select table_name, column_name from duckdb_columns() where database_name = ? and schema_name = ?",
            [self.catalog, self.schema],
        ):
            existing.setdefault(table_name, set()).add(column_name)
        statements = []
        fillings = []
        for table in tables:
            found = existing.get(table.identifier)
            if found is None:
                statements += self._creation(table)
                continue
            added = [name for name in table.columns if name not in found]
            statements += [
                f"alter table {self._own(table.identifier)} add column {quoted(name)} {self._type(table.columns[name])}"
                for name in added
            ]
            if any(name in table.paths for name in added):
                fillings.append(unpack.filling(table, self.relation(table), added))
            statements += self._indexing(table)
        if not self.query(
            "select 1 from duckdb_schemas() where database_name = ? and schema_name = ?", [self.catalog, self.schema]
        ):
            statements.insert(0, f"create schema if not exists {self._own_schema()}")
        if not statements:
            return
        try:
            with self.transaction():
                if self.is_postgres:
                    self.execute_native("; ".join(statements))
                    self.con.execute("call pg_clear_cache()")
                else:
                    for statement in statements:
                        self.con.execute(statement)
                for filling in fillings:
                    self.con.execute(filling)
        except duckdb.Error as error:
            raise ConfigError(
                f"The raw tables cannot be made in the schema {self.schema} of {self.place}: {first_line(error)}"
            ) from None
        if self.is_postgres:
            self.con.execute("call pg_clear_cache()")

    def _creation(self, table: Table) -> list[str]:
        columns = ", ".join(f"{quoted(name)} {self._stored(table, name)}" for name in table.columns)
        statements = [f"create table if not exists {self._own(table.identifier)} ({columns})"]
        if self.is_postgres and table.document:
            # Nobody looks for a document by its text, and statistics of it are dear.
            document = quoted(table.document)
            statements.append(f"alter table {self._own(table.identifier)} alter column {document} set statistics 0")
        if self.is_postgres and table.primary_key:
            statements.append(
                f"create unique index if not exists {quoted(table.identifier + '_key')} "
                f"on {self._own(table.identifier)} ({', '.join(_indexed(table))})"
            )
        if self.is_postgres and table.high_water_mark:
            statements.append(
                f"create index if not exists {quoted(table.identifier + '_mark')} on {self._own(table.identifier)} "
                f"({column_list(['_source_name', table.high_water_mark])})"
            )
        return statements + self._indexing(table)

    def _indexing(self, table: Table) -> list[str]:
        """Returns the statements that make the indexes which a table declares and lacks."""
        if not self.is_postgres or not table.indexes:
            return []
        held = f"select indexname from pg_indexes where schemaname = {literal(self.schema)}"
        names = {name for (name,) in self.query(f"from postgres_query({literal(self.catalog)}, {literal(held)})")}
        return [
            f"create index {quoted(name)} on {self._own(table.identifier)} using {method} ({quoted(column)})"
            for column, method in table.indexes.items()
            if (name := f"{table.identifier}_{column.strip('_')}") not in names
        ]

    def _own(self, identifier: str) -> str:
        return self.native(identifier) if self.is_postgres else self.relation(identifier)

    def _own_schema(self) -> str:
        return quoted(self.schema) if self.is_postgres else f"{quoted(self.catalog)}.{quoted(self.schema)}"

    def _stored(self, table: Table, column: str) -> str:
        data_type = table.columns[column]
        # Documents are alike, which of DuckDB's compressions only this one sees.
        is_document = data_type == "json" or column in (table.document, *table.parts)
        compression = " using compression zstd" if is_document and not self.is_postgres else ""
        return self._type(data_type) + compression

    def _type(self, data_type: str) -> str:
        return (_POSTGRES_TYPES if self.is_postgres else _DUCKDB_TYPES)[data_type]

    @functools.cached_property
    def _has_lz4(self) -> bool:
        """Whether PostgreSQL can compress long texts by lz4, which takes a fraction of the time of its own way."""
        known = "select 1 from pg_settings where name = 'default_toast_compression' and 'lz4' = any (enumvals)"
        return self.is_postgres and bool(self.query(f"from postgres_query({literal(self.catalog)}, {literal(known)})"))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commits what the block did, with statistics of the tables that it wrote, or rolls all of it back."""
        self._written.clear()
        self.con.execute("begin")
        try:
            if self._has_lz4:
                self.execute_native("set local default_toast_compression = 'lz4'")
            yield
            self._analyze_written()
            self.con.execute("commit")
        except BaseException as error:
            if not isinstance(error, duckdb.Error):
                # A query that was left by a signal may be at work on other threads still.
                self.con.interrupt()
            # Where the connection is gone, its transaction is too.
            with contextlib.suppress(duckdb.Error):
                self.con.execute("rollback")
            raise

    def _analyze_written(self) -> None:
        """Tells PostgreSQL's planner what was landed, where that is much: its autovacuum comes later than the build."""
        if not self.is_postgres or not self._written:
            return
        held = f"select relname, reltuples from pg_class where relnamespace = {literal(self.schema)}::regnamespace"
        rows = dict(self.query(f"from postgres_query({literal(self.catalog)}, {literal(held)})"))
        # Raw tables are read whole, and need no fine statistics.
        self.execute_native("set local default_statistics_target = 10")
        for identifier in sorted(self._written.keys() & rows.keys()):
            if self._written[identifier] > rows[identifier] * _SHARE_THAT_CHANGES_PLANS:
                self.execute_native(f"analyze {self.native(identifier)}")

    @contextmanager
    def in_order(self) -> Iterator[None]:
        """Makes rows keep the order of the files they stand in, which costs memory and time."""
        self.con.execute("set preserve_insertion_order = true")
        try:
            yield
        finally:
            self.con.execute("set preserve_insertion_order = false")

    def wait_for_commits(self) -> None:
        """Waits until no other transaction writes to the ledger; must be the first statement of one that does.

        A load that was killed while the server committed it has let go of plumbline's lock, and may still be coming.
        Raises FeedError when that takes too long.
        """
        if not self.is_postgres:
            return
        try:
            self.execute_native(f"set local lock_timeout = {literal(LOCK_TIMEOUT)}")
            self.execute_native(f"lock table {self.native('load_files')} in share row exclusive mode")
            self.execute_native("set local lock_timeout = 0")
        except duckdb.Error as error:
            if "lock timeout" not in str(error):
                raise
            raise FeedError(
                f"another session has been writing to {self.schema}.load_files for {LOCK_TIMEOUT}: an earlier load "
                "that the server still commits, or a transaction left open. Try again when it has ended."
            ) from None

    def insert(self, table: Table, columns: Sequence[str], query: str) -> int:
        """Inserts what a query returns, and returns how many rows that were."""
        return self._counted(table, self._insert(self.relation(table), columns, query))

    def _insert(self, relation: str, columns: Sequence[str], query: str) -> int:
        insert = f"insert into {relation} ({column_list(columns)})"
        if not self.is_postgres:
            return int(self.value(f"{insert} {query}") or 0)
        with self._one_thread():
            return int(self.value(f"{insert} {query}") or 0)

    @contextmanager
    def _one_thread(self) -> Iterator[None]:
        """Runs statements in one thread: PostgreSQL takes rows from one, and those that wait for it take a core."""
        # Set from beside, because a transaction that failed takes no more statements.
        with self.con.cursor() as beside:
            beside.execute("set threads = 1")
            try:
                yield
            finally:
                beside.execute("reset threads")

    def _counted(self, table: Table, rows: int) -> int:
        if rows:
            self._written[table.identifier] = self._written.get(table.identifier, 0) + rows
        return rows

    def insert_new(self, table: Table, columns: Sequence[str], query: str) -> int:
        """Inserts the rows whose primary key is not there yet, and returns how many that were."""
        return self._merge(table, columns, query, update=False)

    def upsert(self, table: Table, columns: Sequence[str], query: str) -> int:
        """Inserts new rows and replaces changed ones by primary key; returns how many rows that were.

        Rows that are already there with the same values stay as they are, with the load that landed them.
        The query must not return two rows of one key.
        """
        return self._merge(table, columns, query, update=True)

    def _merge(self, table: Table, columns: Sequence[str], query: str, update: bool) -> int:
        compared = [column for column in columns if column not in (*table.primary_key, *LOADED_COLUMNS)]
        pairs = [(f"stage.{quoted(key)}", f"kept.{quoted(key)}") for key in table.primary_key]
        if self.is_postgres:
            # Both ways: the index finds rows by the hash, and only equal texts are equal.
            pairs += zip(_indexed(table, "stage."), _indexed(table, "kept."), strict=True)
        matching = " and ".join(f"{one} = {other}" for one, other in dict.fromkeys(pairs))
        differences = " or ".join(
            f"stage.{quoted(column)} is distinct from kept.{quoted(column)}" for column in compared
        )
        known = f"{matching} and not ({differences})" if update and differences else matching
        name = f"stage_{uuid.uuid4().hex}"
        merge = self._merge_in_postgres if self.is_postgres else self._merge_in_duckdb
        return merge(table, columns, query, name, known, matching if update else None)

    def _merge_in_duckdb(
        self, table: Table, columns: Sequence[str], query: str, name: str, known: str, replaced: str | None
    ) -> int:
        stage, kept = quoted(name), self.relation(table)
        self.con.execute(f"create temp table {stage} as {query}")
        self.con.execute(f"delete from {stage} as stage using {kept} as kept where {known}")
        if replaced:
            self.con.execute(f"delete from {kept} as kept using {stage} as stage where {replaced}")
        count = self.insert(table, columns, f"select {column_list(columns)} from {stage}")
        self.con.execute(f"drop table {stage}")
        return count

    def _merge_in_postgres(
        self, table: Table, columns: Sequence[str], query: str, name: str, known: str, replaced: str | None
    ) -> int:
        stage, kept = self.native(name), self.native(table.identifier)
        names = column_list(columns)
        self.execute_native(f"create unlogged table {stage} (like {kept})")
        self._insert(self.relation(name), columns, query)
        self.execute_native(f"delete from {stage} as stage using {kept} as kept where {known}")
        count = self.value(f"select count(*) from {self.relation(name)}")
        action = "nothing"
        if replaced:
            updated = [column for column in columns if column not in table.primary_key]
            action = "update set " + ", ".join(f"{quoted(column)} = excluded.{quoted(column)}" for column in updated)
        self.execute_native(
            f"insert into {kept} ({names}) select {names} from {stage} "
            f"on conflict ({', '.join(_indexed(table))}) do {action}"
        )
        self.con.execute(f"drop table {self.relation(name)}")
        return self._counted(table, int(count))


def duckdb_path() -> Path:
    """Returns the file of the target `dev`, as PLUMBLINE_DUCKDB_PATH says it."""
    return Path(os.environ.get("PLUMBLINE_DUCKDB_PATH") or "plumbline.duckdb").expanduser()


def readers_path() -> Path:
    """Returns the file that readers of the target `dev` open: PLUMBLINE_READERS_PATH, or in `readers/` beside it."""
    path = duckdb_path()
    given = os.environ.get("PLUMBLINE_READERS_PATH")
    return Path(given).expanduser() if given else path.parent / "readers" / path.name


def postgres_parameters(is_loading: bool = False) -> dict[str, str]:
    """Returns libpq's parameters of the target `prod`, from PLUMBLINE_PG_*; for loading, those of its own user."""
    environment = dict(os.environ)
    if is_loading and environment.get("PLUMBLINE_PG_LOADER_USER"):
        for name in ("USER", "PASSWORD"):
            environment[f"PLUMBLINE_PG_{name}"] = environment.get(f"PLUMBLINE_PG_LOADER_{name}", "")
    remember_secret(environment.get("PLUMBLINE_PG_PASSWORD"))
    return {
        "host": environment.get("PLUMBLINE_PG_HOST") or "localhost",
        "port": environment.get("PLUMBLINE_PG_PORT") or "5432",
        "user": environment.get("PLUMBLINE_PG_USER") or "plumbline",
        "password": environment.get("PLUMBLINE_PG_PASSWORD") or "",
        "dbname": environment.get("PLUMBLINE_PG_DATABASE") or "plumbline",
        "sslmode": environment.get("PLUMBLINE_PG_SSLMODE") or "prefer",
    }


def postgres_place(parameters: dict[str, str]) -> str:
    """Returns the name of a PostgreSQL database for people."""
    return f"{parameters['user']}@{parameters['host']}:{parameters['port']}/{parameters['dbname']}"


def warehouse_place(target: str, schema_prefix: str) -> str:
    """Returns the name of a target's warehouse for people: the file or the database, and the prefix if there is one."""
    place = str(duckdb_path().absolute()) if target == "dev" else postgres_place(postgres_parameters())
    return f"{place} ({schema_prefix}*)" if schema_prefix else place


def open_warehouse(target: str, schema_prefix: str, read_only: bool = False, is_loading: bool = False) -> Warehouse:
    """Opens the warehouse of a target: `dev` is a DuckDB file, `prod` is PostgreSQL, for loading as its loader.

    Raises ConfigError when it cannot be reached, saying what to look at.
    """
    if target != "dev":
        return _open_postgres(schema_prefix, read_only, postgres_parameters(is_loading))
    return _open_duckdb(duckdb_path(), schema_prefix, read_only)


def open_scratch(path: Path) -> Warehouse:
    """Opens a DuckDB file that is nobody else's, which is made where it is not there."""
    return _open_duckdb(path, "", read_only=False)


def open_for_readers(target: str, schema_prefix: str) -> Warehouse:
    """Opens, to be read, what a target's readers see: of a DuckDB file their copy, where one was published."""
    if target == "dev" and readers_path().exists():
        return _open_duckdb(readers_path(), schema_prefix, read_only=True)
    return open_warehouse(target, schema_prefix, read_only=True)


def _open_duckdb(path: Path, schema_prefix: str, read_only: bool) -> Warehouse:
    if read_only and not path.exists():
        raise ConfigError(f"There is no warehouse at {path} yet: run 'plumbline load' and 'dbt build' first.")
    if not path.parent.is_dir():
        raise ConfigError(f"The folder of PLUMBLINE_DUCKDB_PATH does not exist: {path.parent}")
    try:
        con = duckdb.connect(str(path), read_only=read_only, config={"storage_compatibility_version": _STORAGE_VERSION})
    except duckdb.Error as error:
        text = first_line(error)
        if "lock" in text.lower():
            raise LockedError(
                f"The warehouse {path} is in use by another process; DuckDB lets one at a time write to a file. "
                f"Try again when it has ended. ({text})"
            ) from None
        raise ConfigError(f"The warehouse {path} cannot be opened as a DuckDB file: {text}") from None
    _set_up(con)
    catalogs = con.execute("select current_database()").fetchall()
    return Warehouse(con, catalogs[0][0], schema_prefix, str(path), is_postgres=False)


def _open_postgres(schema_prefix: str, read_only: bool, parameters: dict[str, str]) -> Warehouse:
    place = postgres_place(parameters)
    con = duckdb.connect(":memory:")
    _set_up(con)
    try:
        attach_postgres(con, "warehouse", parameters, read_only)
    except duckdb.Error as error:
        raise ConfigError(
            f"The warehouse {place} cannot be reached: {postgres_message(error)} Check the PLUMBLINE_PG_* variables."
        ) from None
    return Warehouse(con, "warehouse", schema_prefix, place, is_postgres=True)


def postgres_message(error: duckdb.Error) -> str:
    """Returns what PostgreSQL said of a connection that failed, without DuckDB's words around it."""
    text = first_line(error)
    return text.split('": ', 1)[1] if 'Unable to connect to Postgres at "' in text and '": ' in text else text


def _set_up(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("set TimeZone = 'UTC'")
    con.execute("set preserve_insertion_order = false")
    con.execute("set enable_progress_bar = false")
    con.execute(f"set memory_limit = {literal(os.environ.get('PLUMBLINE_MEMORY_LIMIT') or '2GB')}")

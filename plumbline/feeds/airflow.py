"""Airflow's metadata, 2.7 to 3.x: a PostgreSQL or SQLite database, or a folder of its tables as CSV or Parquet.

Which tables and columns are read, and how, is declared in models/staging/airflow/_airflow__sources.yml.
What a version lacks stays null. Nothing is ever written to the source.
"""

from __future__ import annotations

import ast
import contextlib
import csv
import datetime
import glob
import json
import re
import sqlite3
import uuid
import zlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import duckdb
from pydantic import Field, field_validator

from plumbline.declared import Table
from plumbline.errors import FeedError, first_line, remember_secret
from plumbline.feeds import FeedConfig
from plumbline.files import Content, Found, Ledger, find_files, scan
from plumbline.json_stream import REPLACEMENT, mended
from plumbline.quoting import column_list, literal, quoted
from plumbline.session import Session
from plumbline.warehouse import attach_postgres, duckdb_type, postgres_message

_POSTGRES_URL = re.compile(r"^postgres(?:ql)?(?:\+\w+)?://", re.IGNORECASE)
_SQLITE_URL = re.compile(r"^sqlite(?:\+\w+)?:///", re.IGNORECASE)
_REQUIRED = {"dag_run": ("dag_id", "run_id", "state"), "task_instance": ("dag_id", "task_id", "run_id", "state")}
_OWN_COLUMNS = ("_source_name", "_source_table", "_loaded_at", "_load_id", "_is_current")
_LONGEST_CSV_LINE = 256 << 20
_MOST_KEYS = 20_000
# Ids that people choose; every other id that looks like a UUID is one.
_NAMES = re.compile(r"(^|_)(dag|task|run)_id$")
_UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
# The schema versions that this was tried with.
_TRIED_VERSIONS = {"5f2621c13b39", "d2f4e1b3c5a7"}


class Config(FeedConfig):
    """`url` is postgresql://..., sqlite:///file, or a folder with one CSV or Parquet file a table.

    With `optional` it is no error that the folder is not there. `lookback_hours` is how far behind the newest change
    that was landed changes are read again, for transactions that were committed late. `db_schema` is where PostgreSQL
    has Airflow's tables.
    """

    kind: Literal["airflow"]
    url: str = Field(min_length=1)
    lookback_hours: float = Field(default=24, ge=0)
    db_schema: str = "public"
    optional: bool = False

    @field_validator("url")
    @classmethod
    def _known_scheme(cls, url: str) -> str:
        scheme = url.split("://", 1)[0] if "://" in url else ""
        if scheme and not (_POSTGRES_URL.match(url) or _SQLITE_URL.match(url)):
            raise ValueError(
                f"{scheme}:// is not read; it is postgresql://..., sqlite:///..., or a folder of CSV or Parquet "
                "exports, one file a table"
            )
        return url


def load(config: Config, session: Session) -> None:
    """Lands what changed in every declared table that the source has."""
    if config.optional and _is_missing(config, session):
        session.note(f"no folder {config.url} yet")
        return
    source = _open(config, session)
    try:
        available = source.tables()
        _check(available, source.place)
        reading = _Reading(session, source, available, datetime.timedelta(hours=config.lookback_hours))
        tables = [table for table in session.warehouse.feed_tables("airflow") if table.name in available]
        # A table that is read with another comes after it.
        tables.sort(key=lambda table: table.read_with_table is not None)
        for number, table in enumerate(tables):
            session.progress(table.name, number / len(tables))
            reading.land(table)
        reading.finish()
    finally:
        source.close()


def _is_missing(config: Config, session: Session) -> bool:
    return "://" not in config.url and not _folder(config, session).is_dir()


def _folder(config: Config, session: Session) -> Path:
    return session.folder / Path(config.url).expanduser()


def _open(config: Config, session: Session) -> _Source:
    if _POSTGRES_URL.match(config.url):
        return _Postgres(config, session)
    if _SQLITE_URL.match(config.url):
        return _Sqlite(config, session)
    return _Folder(config, session)


def _check(available: dict[str, dict[str, str]], place: str) -> None:
    """Raises FeedError when this is no metadata of an Airflow that can be read."""
    for table, columns in _REQUIRED.items():
        if table not in available:
            found = f"it has {', '.join(sorted(available)[:8])}" if available else "it is empty"
            raise FeedError(f"{place} holds no metadata of Airflow 2.7 to 3.x: there is no table {table} ({found})")
        missing = [column for column in columns if column not in available[table]]
        if missing:
            raise FeedError(
                f"{place} holds no metadata of Airflow 2.7 to 3.x: the table {table} has no {', '.join(missing)}"
            )


class _Source(ABC):
    """Where Airflow's tables are."""

    place: str
    has_row_numbers = False
    may_repeat_rows = False

    @abstractmethod
    def tables(self) -> dict[str, dict[str, str]]:
        """Returns the tables, each with its columns and their types in DuckDB (lower case)."""

    @abstractmethod
    def relation(self, table: str, columns: Sequence[str], since: tuple[str, datetime.datetime] | None) -> str:
        """Returns the SQL that reads columns of a table.

        With `since`, rows whose mark is older may be left out; those without a mark may not.
        """

    def rows_of_keys(
        self, table: str, columns: Sequence[str], names: Sequence[str], keys: Sequence[tuple[Any, ...]]
    ) -> str | None:
        """Returns the SQL that reads the rows with these values in the columns `names`, by an index.

        None where the source can only be read from end to end.
        """
        return None

    def is_unchanged(self, table: str) -> bool:
        """Whether nothing can have changed since the last load."""
        return False

    def is_incremental(self) -> bool:
        """Whether reading only what changed is worth it."""
        return True

    def finish_table(self, table: str, landed: int, rejected: int) -> int:
        """Hears that a table is landed; returns how many more records could not be read."""
        return 0

    def finish(self) -> None:
        """Hears that all tables are landed."""

    def close(self) -> None:
        """Lets go of the source."""


class _Postgres(_Source):
    def __init__(self, config: Config, session: Session) -> None:
        parts = urlsplit(config.url)
        parameters = dict(parse_qsl(parts.query))
        password = unquote(parts.password) if parts.password else parameters.get("password", "")
        remember_secret(password)
        try:
            port = str(parts.port or parameters.get("port", ""))
        except ValueError:
            raise FeedError("the port in its url is not a number") from None
        user = unquote(parts.username or "") or parameters.get("user", "")
        host = unquote(parts.hostname or "") or parameters.get("host", "")
        database = unquote(parts.path.lstrip("/")) or parameters.get("dbname", "")
        self.place = f"the database {database or '(default)'} at {host or 'localhost'}:{port or 5432}"
        self._con = session.warehouse.con
        self._alias = f"airflow_{uuid.uuid4().hex[:12]}"
        self._schema = config.db_schema
        options = f"{parameters.pop('options', '')} -c default_transaction_read_only=on".strip()
        given = {
            **parameters,
            "host": host,
            "port": port,
            "user": user,
            "password": password,
            "dbname": database,
            "options": options,
        }
        try:
            attach_postgres(self._con, self._alias, given, read_only=True)
        except duckdb.Error as error:
            raise FeedError(
                f"{self.place} cannot be reached as {user or 'the default user'}: {postgres_message(error)} "
                "Check the url, the password, and that this machine may connect."
            ) from None

    def tables(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        rows = self._con.execute(
            "select table_name, column_name, lower(data_type) from duckdb_columns() "
            "where database_name = ? and schema_name = ? order by table_name, column_index",
            [self._alias, self._schema],
        ).fetchall()
        for table, column, data_type in rows:
            found.setdefault(table, {})[column] = data_type
        return found

    def relation(self, table: str, columns: Sequence[str], since: tuple[str, datetime.datetime] | None) -> str:
        name = f"{quoted(self._alias)}.{quoted(self._schema)}.{quoted(table)}"
        where = ""
        if since is not None:
            mark = quoted(since[0])
            where = f" where {mark} >= timestamptz {literal(since[1].isoformat(sep=' ') + '+00')} or {mark} is null"
        return f"(select {column_list(columns)} from {name}{where})"

    def rows_of_keys(
        self, table: str, columns: Sequence[str], names: Sequence[str], keys: Sequence[tuple[Any, ...]]
    ) -> str | None:
        types = self.tables()[table]
        shape = ", ".join(f"{quoted(name)} {types[name]}" for name in names)
        values = json.dumps([dict(zip(names, key, strict=True)) for key in keys])
        along = " and ".join(f"own.{quoted(name)} = wanted.{quoted(name)}" for name in names)
        query = (
            f"select {column_list(columns, 'own.')} from {quoted(self._schema)}.{quoted(table)} as own "
            f"inner join json_to_recordset({literal(values)}) as wanted ({shape}) on {along}"
        )
        return f"(select * from postgres_query({literal(self._alias)}, {literal(query)}))"


class _Sqlite(_Source):
    has_row_numbers = True

    def __init__(self, config: Config, session: Session) -> None:
        path = session.folder / Path(unquote(_SQLITE_URL.sub("", config.url).split("?")[0])).expanduser()
        self.place = f"the SQLite file {path}"
        self._session = session
        if not path.is_file():
            raise FeedError(f"{self.place} does not exist")
        self._con = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
        self._con.text_factory = lambda data: data.decode("utf-8", "backslashreplace")

    def tables(self) -> dict[str, dict[str, str]]:
        try:
            names = self._con.execute("select name from sqlite_master where type = 'table'").fetchall()
            return {
                name: dict.fromkeys(
                    (row[1] for row in self._con.execute(f"pragma table_info({quoted(name)})")), "varchar"
                )
                for (name,) in names
            }
        except sqlite3.Error as error:
            raise FeedError(f"{self.place} cannot be read: {error}") from None

    def relation(self, table: str, columns: Sequence[str], since: tuple[str, datetime.datetime] | None) -> str:
        where, parameters = "", []
        if since is not None:
            where = f" where {quoted(since[0])} >= ? or {quoted(since[0])} is null"
            parameters = [since[1].isoformat(sep=" ", timespec="microseconds")]
        spool = self._session.spool(dict.fromkeys(columns, "varchar"))
        try:
            for row in self._con.execute(f"select {column_list(columns)} from {quoted(table)}{where}", parameters):
                spool.add([_as_text(value) for value in row])
        except sqlite3.Error as error:
            raise FeedError(f"{self.place} cannot be read: {error}") from None
        return spool.relation()

    def close(self) -> None:
        self._con.close()


def _as_text(value: Any) -> str | None:
    if value is None:
        return None
    return "\\x" + value.hex() if isinstance(value, bytes) else str(value)


class _Folder(_Source):
    has_row_numbers = True
    may_repeat_rows = True

    def __init__(self, config: Config, session: Session) -> None:
        self.place = f"the folder {config.url}"
        self._session = session
        self._ledger = Ledger(session)
        if not _folder(config, session).is_dir():
            raise FeedError(f"{self.place} does not exist (relative paths start from {session.folder})")
        pattern = str(Path(glob.escape(config.url)) / "*")
        self._files: dict[str, Found] = {}
        self._places: dict[str, str] = {}
        for file in find_files(session.folder, pattern):
            name, _, kind = file.place.name.partition(".")
            if kind in ("csv", "csv.gz", "parquet"):
                if name in self._files:
                    raise FeedError(f"{self.place} holds the table {name} twice: {self._files[name].path}, {file.path}")
                self._files[name] = file
        if not self._files:
            raise FeedError(f"{self.place} holds no table: there is no .csv or .parquet file in it")
        self._contents = {table: Content(file.place) for table, file in self._files.items()}

    def tables(self) -> dict[str, dict[str, str]]:
        # A file without a header is a table without rows.
        return {table: columns for table, file in self._files.items() if (columns := self._columns(file))}

    def _columns(self, file: Found) -> dict[str, str]:
        if file.place.suffix == ".parquet":
            rows = self._session.warehouse.query(f"describe select * from read_parquet({literal(self._place(file))})")
            return {row[0]: row[1].lower() for row in rows}
        text = b"".join(_first_chunk(file)).decode("utf-8-sig", "replace")
        header = next(csv.reader(text.splitlines()), [])
        return dict.fromkeys((name.strip() for name in header), "varchar")

    def relation(self, table: str, columns: Sequence[str], since: tuple[str, datetime.datetime] | None) -> str:
        file = self._files[table]
        if file.place.suffix == ".parquet":
            return f"(select {column_list(columns)} from read_parquet({literal(self._place(file))}))"
        shape = ", ".join(f"{quoted(name)}: 'varchar'" for name in self._columns(file))
        return (
            f"(select {column_list(columns)} from read_csv({literal(self._place(file))}, columns = {{{shape}}}, "
            "auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
            f"allow_quoted_nulls = false, max_line_size = {_LONGEST_CSV_LINE}, buffer_size = {_LONGEST_CSV_LINE}, "
            "store_rejects = true, rejects_table = 'csv_rejects', rejects_scan = 'csv_reject_scans', "
            "rejects_limit = 0))"
        )

    def _place(self, file: Found) -> str:
        if file.path not in self._places:
            self._places[file.path] = str(self._session.place_for_duckdb(file.place))
        return self._places[file.path]

    def is_unchanged(self, table: str) -> bool:
        return self._ledger.is_unchanged(self._files[table])

    def is_incremental(self) -> bool:
        return False

    def finish_table(self, table: str, landed: int, rejected: int) -> int:
        file, warehouse = self._files[table], self._session.warehouse
        found = scan(self._contents[table], {}, 0)
        broken = 0
        if file.place.suffix != ".parquet" and _exists(warehouse.con, "csv_rejects"):
            broken = self._session.reject_all(
                f"select {literal(table)} as place, line as line_number, "
                "'the line does not fit the header: ' || min(error_message) as reason, any_value(csv_line) as content "
                "from csv_rejects group by line"
            )
            warehouse.con.execute("drop table csv_rejects")
            warehouse.con.execute("drop table csv_reject_scans")
        self._ledger.record(file, found.sha256, found.size, found.lines, landed, rejected + broken)
        return broken

    def finish(self) -> None:
        # Of two exports one would take runs from the older and their tasks from the newer.
        for content in self._contents.values():
            if not content.is_unchanged():
                raise FeedError(
                    f"{content.place} was rewritten or moved while the folder was read, so nothing of this feed was "
                    "landed; load again when the export has ended"
                )
        self._ledger.finish()


def _first_chunk(file: Found) -> list[bytes]:
    return [next(Content(file.place).chunks(), b"")]


def _exists(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    return bool(con.execute("select 1 from duckdb_tables() where table_name = ? and temporary", [table]).fetchall())


class _Reading:
    """One load of one Airflow."""

    def __init__(
        self,
        session: Session,
        source: _Source,
        available: dict[str, dict[str, str]],
        lookback: datetime.timedelta,
    ) -> None:
        self.session = session
        self.source = source
        self.available = available
        self.lookback = lookback
        self._stages: dict[str, str] = {}

    def land(self, table: Table) -> None:
        """Lands one table."""
        warehouse, source = self.session.warehouse, self.source
        if source.is_unchanged(table.name):
            return
        missing = [key for key in self._own_key(table) if key not in self.available[table.name]]
        if missing:
            raise FeedError(
                f"{source.place} holds no metadata of Airflow 2.7 to 3.x: "
                f"the table {table.name} has no {', '.join(missing)}"
            )
        stage = f"airflow_{table.name}"
        try:
            with warehouse.in_order() if source.has_row_numbers else contextlib.nullcontext():
                warehouse.con.execute(f"create or replace temp table {quoted(stage)} as {self._read(table)}")
        except duckdb.Error as error:
            raise FeedError(f"{source.place}: the table {table.name} cannot be read: {first_line(error)}") from None
        rejected = self.session.reject_all(
            f"select {literal(table.name)} as place, line_number, problem as reason, content "
            f"from {quoted(stage)} where problem <> ''"
        )
        columns = list(table.columns)
        rows = f"select {column_list(columns)} from {quoted(stage)} where problem = ''"
        if source.may_repeat_rows or table.read_with_table:
            mark = f"{quoted(table.high_water_mark)} desc nulls last, " if table.high_water_mark else ""
            rows += (
                f" qualify row_number() over (partition by {column_list(table.primary_key)} "
                f"order by {mark}line_number) = 1"
            )
        landed = warehouse.upsert(table, columns, rows)
        if table.is_mirror:
            self._mark_gone(table, stage)
        self.session.files_or_tables += 1
        self.session.landed += landed
        source.finish_table(table.name, landed, rejected)
        if table.name == "alembic_version":
            self._note_version(stage)
        self._stages[table.name] = stage

    def finish(self) -> None:
        """Ends the load."""
        self.source.finish()
        for stage in self._stages.values():
            self.session.warehouse.con.execute(f"drop table {quoted(stage)}")

    def _own_key(self, table: Table) -> list[str]:
        return [key for key in table.primary_key if key not in _OWN_COLUMNS]

    def _read(self, table: Table) -> str:
        """Returns the query for a table's new rows, typed, with what is wrong with each (problem)."""
        session, types = self.session, self.available[table.name]
        wanted = [name for name in table.columns if name in types]
        read = [*wanted, *(["data_compressed"] if self._is_compressed(table) else [])]
        relation = self._mended(table, self._changed(table, read), read)
        values = {
            "_source_name": literal(session.name),
            "_source_table": literal(table.name),
            "_loaded_at": session.stamp.split(", ")[0],
            "_load_id": literal(session.load_id),
            "_is_current": "true",
        }
        problems = []
        expressions = []
        if self._is_compressed(table):
            relation = self._decompressed(relation, wanted)
            problems.append("case when is_damaged then 'data_compressed cannot be decompressed' end")
        for name, declared in table.columns.items():
            if name in types and name not in _OWN_COLUMNS:
                expression, problem = _typed(name, types[name], declared)
                if problem:
                    problems.append(problem)
            else:
                expression = values.get(name, f"cast(null as {duckdb_type(declared)})")
            expressions.append(f"{expression} as {quoted(name)}")
        problems += [f"case when {quoted(key)} is null then '{key} is null' end" for key in self._own_key(table)]
        problem = f"concat_ws('; ', {', '.join(problems)})"
        number = "row_number() over ()" if self.source.has_row_numbers else "cast(null as bigint)"
        record = ", ".join(f"{literal(name)}: {quoted(name)}" for name in wanted)
        return (
            f"with numbered as (select *, {number} as line_number from {relation} as rows), "
            f"judged as (select *, {problem} as problem from numbered) "
            f"select {', '.join(expressions)}, line_number, problem, "
            f"case when problem <> '' then cast(to_json({{{record}}}) as varchar) end as content from judged"
        )

    def _changed(self, table: Table, columns: Sequence[str]) -> str:
        """Returns the relation of the rows that may have changed since the last load."""
        source, warehouse = self.source, self.session.warehouse
        mark = table.high_water_mark
        if table.is_mirror or not source.is_incremental() or not (mark or table.read_with_table):
            return source.relation(table.name, columns, None)
        own = f"from {warehouse.relation(table)} where _source_name = {literal(self.session.name)}"
        newest = warehouse.value(f"select max({quoted(mark)}) {own}") if mark else None
        is_first = warehouse.value(f"select 1 {own} limit 1") is None
        if is_first or (mark and newest is None):
            return source.relation(table.name, columns, None)
        since = (mark, newest - self.lookback) if mark in self.available[table.name] and newest else None
        other = self._stages.get(table.read_with_table or "")
        parts = [source.relation(table.name, columns, since)] if since is not None or other is None else []
        if other is not None:
            parts.append(self._belonging(table, columns, other))
        return f"({' union all by name '.join(f'select * from {part} as part' for part in parts)})"

    def _belonging(self, table: Table, columns: Sequence[str], other: str) -> str:
        """Returns the relation of the rows that belong to those that this load read of another table."""
        pairs = table.read_with_columns
        keys = self.session.warehouse.query(
            f"select distinct {column_list(list(pairs.values()))} from {quoted(other)} limit {_MOST_KEYS + 1}"
        )
        if len(keys) <= _MOST_KEYS:
            found = self.source.rows_of_keys(table.name, columns, list(pairs), keys)
            if found is not None:
                return found
        along = " and ".join(
            f"cast(rows.{quoted(own)} as varchar) = cast(other.{quoted(others)} as varchar)"
            for own, others in pairs.items()
        )
        rows = self.source.relation(table.name, columns, None)
        return f"(select * from {rows} as rows where exists (select 1 from {quoted(other)} as other where {along}))"

    def _is_compressed(self, table: Table) -> bool:
        return table.name == "serialized_dag" and "data_compressed" in self.available[table.name]

    def _decompressed(self, relation: str, columns: Sequence[str]) -> str:
        """Returns the relation with `data` filled from data_compressed, and is_damaged where that failed."""
        session = self.session
        spool = session.spool({"compressed_md5": "varchar", "decompressed": "varchar"})
        cursor = session.warehouse.con.execute(
            f"select distinct md5(data_compressed), data_compressed from {relation} as rows "
            "where data_compressed is not null"
        )
        for md5, data in cursor.fetchall():
            spool.add((md5, _decompress(data)))
        data = "coalesce(cast(rows.data as varchar), decompressed)" if "data" in columns else "decompressed"
        others = column_list([name for name in columns if name != "data"], "rows.")
        return (
            f"(select {others}, {data} as data, rows.data_compressed is not null and {data} is null as is_damaged "
            f"from {relation} as rows left join {spool.relation()} as spooled "
            "on md5(rows.data_compressed) = spooled.compressed_md5)"
        )

    def _mended(self, table: Table, relation: str, columns: Sequence[str]) -> str:
        """Returns the relation with JSON that every engine can hold; only texts that may need it are looked at."""
        session, types = self.session, self.available[table.name]
        documents = [
            name for name in columns if table.columns.get(name) == "json" and types[name] in ("varchar", "json")
        ]
        if not documents:
            return relation
        con, given = session.warehouse.con, quoted(f"given_{table.name}")
        con.execute(f"create or replace temp table {given} as select * from {relation} as rows")
        for name in documents:
            text = f"cast({quoted(name)} as varchar)"
            odd = " or ".join(f"contains({text}, {literal(escape)})" for escape in ("\\u0000", "\\ud", "\\uD"))
            spool = session.spool({"given_md5": "varchar", "mended": "varchar"})
            for md5, document in con.execute(
                f"select distinct md5({text}), {text} from {given} where {odd}"
            ).fetchall():
                with contextlib.suppress(ValueError, RecursionError):
                    spool.add((md5, json.dumps(mended(json.loads(document)), ensure_ascii=False)))
            con.execute(
                f"update {given} set {quoted(name)} = spooled.mended from {spool.relation()} as spooled "
                f"where md5({text}) = spooled.given_md5"
            )
        return given

    def _mark_gone(self, table: Table, stage: str) -> None:
        """Marks the rows that a mirror no longer finds in its source."""
        warehouse = self.session.warehouse
        columns = list(table.columns)
        changed = {
            "_is_current": "false",
            "_loaded_at": self.session.stamp.split(", ")[0],
            "_load_id": literal(self.session.load_id),
        }
        values = ", ".join(f"{changed.get(name, 'kept.' + quoted(name))} as {quoted(name)}" for name in columns)
        on_key = " and ".join(f"stage.{quoted(key)} = kept.{quoted(key)}" for key in table.primary_key)
        warehouse.upsert(
            table,
            columns,
            f"select {values} from {warehouse.relation(table)} as kept "
            f"where kept._source_name = {literal(self.session.name)} and kept._is_current "
            f"and not exists (select 1 from {quoted(stage)} as stage where {on_key})",
        )

    def _note_version(self, stage: str) -> None:
        for (version,) in self.session.warehouse.query(f"select version_num from {quoted(stage)}"):
            if version not in _TRIED_VERSIONS:
                self.session.note(f"its schema version {version} is not one that plumbline was tried with")


def _typed(name: str, source_type: str, declared: str) -> tuple[str, str | None]:
    """Returns the SQL that casts a column, and the SQL that says what is wrong with a value, or None."""
    column = quoted(name)
    text = f"cast({column} as varchar)"
    if declared == "text":
        if source_type == "uuid":
            return f"replace({text}, '-', '')", None
        text = f"replace({text}, chr(0), {literal(REPLACEMENT)})"
        if (name == "id" or name.endswith("_id")) and not _NAMES.search(name):
            return (
                f"case when regexp_full_match({text}, '{_UUID}') then lower(replace({text}, '-', '')) else {text} end",
                None,
            )
        return text, None
    if declared == "timestamp":
        if source_type == "timestamp with time zone":
            return f"({column} at time zone 'UTC')", None
        if source_type.startswith("timestamp") or source_type == "date":
            return f"cast({column} as timestamp)", None
        typed = f"(try_cast(nullif(trim({text}), '') as timestamptz) at time zone 'UTC')"
    elif declared == "json":
        given = text if source_type in ("varchar", "json") else f"cast(to_json({column}) as varchar)"
        given = f"nullif({given}, '')"
        typed = f"case when json_valid({given}) then cast({given} as json) end"
    elif source_type == declared:
        return column, None
    else:
        typed = f"try_cast(nullif(trim({text}), '') as {duckdb_type(declared)})"
    a = "an" if declared[0] in "aeiou" else "a"
    is_bad = f"nullif(trim({text}), '') is not null and {typed} is null"
    return typed, f"case when {is_bad} then '{name} is not {a} {declared}' end"


def _decompress(data: bytes | str) -> str | None:
    """Returns what serialized_dag.data_compressed holds, or None; exports write bytes as text in two ways."""
    try:
        if isinstance(data, str):
            is_python = data.startswith(("b'", 'b"'))
            data = bytes(ast.literal_eval(data)) if is_python else bytes.fromhex(data.removeprefix("\\x"))
        return zlib.decompress(data).decode("utf-8")
    except (ValueError, SyntaxError, TypeError, zlib.error):
        return None

"""One process at a time writes to a warehouse. The lock dies with the process that holds it.

A DuckDB warehouse is locked by `flock` on a file beside it, in which stands who holds it; PostgreSQL by an
advisory lock of a session, whose application_name says the same. Neither outlives its holder, so that
nothing is left to clear away after a crash.
"""

from __future__ import annotations

import datetime
import fcntl
import hashlib
import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg2

from plumbline.errors import ConfigError, LockedError, UnreachableError, first_line
from plumbline.warehouse import duckdb_path, postgres_parameters, postgres_place

_HOLDER = re.compile(r"^plumbline (?P<command>\S+) since (?P<since>\S+) process (?P<process>\d+) on (?P<host>.*)$")
_LONGEST_HOLDER = 4096
# Without them the server would notice only after hours that the holder's machine is gone.
_SESSION_SETTINGS = (
    "set idle_session_timeout = 0",
    "set tcp_keepalives_idle = 60",
    "set tcp_keepalives_interval = 10",
    "set tcp_keepalives_count = 6",
)
_MOST_TRIES = 20
_HELD_BY = """
select coalesce(activity.application_name, '')
from pg_locks as locks
inner join pg_stat_activity as activity on locks.pid = activity.pid
where
    locks.locktype = 'advisory'
    and locks.database = (select oid from pg_database where datname = current_database())
    and locks.classid = %s and locks.objid = %s and locks.objsubid = 1 and locks.granted
"""


class Lock(Protocol):
    """A lock that is held."""

    @property
    def descriptors(self) -> tuple[int, ...]:
        """The file descriptors that hold the lock: a child that inherits them holds it as well."""

    def check(self) -> None:
        """Raises UnreachableError when the lock is lost, as when the server was restarted."""


@dataclass(frozen=True)
class _FileLock:
    descriptors: tuple[int, ...]

    def check(self) -> None:
        """Does nothing: an open file cannot lose its lock."""


@dataclass(frozen=True)
class _SessionLock:
    connection: psycopg2.extensions.connection
    place: str
    descriptors: tuple[int, ...] = ()

    def check(self) -> None:
        try:
            with self.connection.cursor() as cursor:
                cursor.execute("select 1")
        except psycopg2.Error as error:
            raise UnreachableError(
                f"The lock on {self.place} is lost with its connection: {first_line(error)}"
            ) from None


@contextmanager
def warehouse_lock(target: str, schema_prefix: str, command: str) -> Iterator[Lock]:
    """Keeps every other `plumbline load` and `run` out of a warehouse while the block runs.

    Raises LockedError, which names the holder, and ConfigError when the warehouse cannot be reached.
    """
    since = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    holder = f"plumbline {command} since {since} process {os.getpid()} on {socket.gethostname()}"
    lock = _file_lock(duckdb_path(), holder) if target == "dev" else _session_lock(schema_prefix, holder)
    with lock as held:
        yield held


@contextmanager
def _file_lock(warehouse: Path, holder: str) -> Iterator[Lock]:
    path = warehouse.with_name(f"{warehouse.name}.lock")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise ConfigError(f"The warehouse {warehouse} cannot be locked: {path}: {error.strerror}") from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            known = os.pread(descriptor, _LONGEST_HOLDER, 0).decode("utf-8", "replace")
            raise LockedError(_message(str(warehouse), known)) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, holder.encode(), 0)
        yield _FileLock((descriptor,))
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


@contextmanager
def _session_lock(schema_prefix: str, holder: str) -> Iterator[Lock]:
    parameters = postgres_parameters()
    place = postgres_place(parameters)
    number = int.from_bytes(hashlib.sha256(f"plumbline {schema_prefix}".encode()).digest()[:8], signed=True)
    try:
        connection = psycopg2.connect(**parameters, application_name=holder, connect_timeout=10)
    except psycopg2.Error as error:
        raise ConfigError(
            f"The warehouse {place} cannot be reached: {first_line(error)} Check the PLUMBLINE_PG_* variables."
        ) from None
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for setting in _SESSION_SETTINGS:
                cursor.execute(setting)
            _take(cursor, number, place)
        try:
            yield _SessionLock(connection, place)
        finally:
            # The server ends a session some time after its client: what starts next would still find the lock.
            with suppress(psycopg2.Error), connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [number])
    finally:
        connection.close()


def _take(cursor: psycopg2.extensions.cursor, number: int, place: str) -> None:
    unsigned = number % (1 << 64)
    holder = ""
    for _ in range(_MOST_TRIES):
        cursor.execute("select pg_try_advisory_lock(%s)", [number])
        if cursor.fetchone() == (True,):
            return
        cursor.execute(_HELD_BY, [unsigned >> 32, unsigned & 0xFFFFFFFF])
        row = cursor.fetchone()
        if row:
            holder = row[0]
            break
        # Its holder ended between the two questions.
        time.sleep(0.05)
    raise LockedError(_message(place, holder))


def _message(place: str, holder: str) -> str:
    found = _HOLDER.match(holder)
    who = (
        f"by 'plumbline {found['command']}', process {found['process']} on {found['host']}, since {found['since']}"
        if found
        else "by another process"
    )
    return f"The warehouse {place} is being written {who}. Nothing was done; try again when that has ended."

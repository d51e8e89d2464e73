"""One process writes to a warehouse at a time, and its lock dies with it, on both engines."""

from __future__ import annotations

import functools
import os
import signal
import socket
import subprocess
import sys
import time

import psycopg2
import psycopg2.extensions
import pytest

from loading import Loader
from plumbline.errors import UnreachableError
from plumbline.lock import warehouse_lock
from support import ROOT, connect

HOLD = """
import sys
from plumbline.lock import warehouse_lock
with warehouse_lock(sys.argv[1], "", "run"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(params=["loader", "postgres_loader"])
def warehouse(request: pytest.FixtureRequest) -> Loader:
    loader: Loader = request.getfixturevalue(request.param)
    (loader.folder / "plumbline.yml").write_text("feeds: []\n")
    return loader


def hold(warehouse: Loader) -> subprocess.Popen[str]:
    """Take the lock in another process."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, warehouse.target],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


@pytest.mark.parametrize("command", [["load"], ["run"], ["purge"], ["backup", "there"], ["restore", "there"]], ids=str)
def test_a_second_start_says_who_is_at_work(warehouse: Loader, command: list[str]) -> None:
    holder = hold(warehouse)
    since = time.strftime("%Y-%m-%d", time.gmtime())
    done = warehouse.run(*command, "--target", warehouse.target)
    assert done.code == 75
    assert f"'plumbline run', process {holder.pid} on {socket.gethostname()}, since {since}" in done.output
    holder.communicate()
    with warehouse_lock(warehouse.target, "", "load"):
        pass


def test_the_lock_is_free_before_the_server_has_ended_its_session(
    postgres_loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    unended: list[psycopg2.extensions.connection] = []

    class SlowToEnd(psycopg2.extensions.connection):
        def close(self) -> None:
            unended.append(self)

    monkeypatch.setattr(psycopg2, "connect", functools.partial(psycopg2.connect, connection_factory=SlowToEnd))
    with warehouse_lock("prod", "", "run"):
        pass
    with warehouse_lock("prod", "", "load"):
        pass


def test_the_lock_dies_with_its_holder(warehouse: Loader) -> None:
    holder = hold(warehouse)
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    # PostgreSQL notices a moment later that its client has gone.
    deadline = time.monotonic() + 10
    code = 75
    while code == 75 and time.monotonic() < deadline:
        code = warehouse.run("load", "--target", warehouse.target).code
    assert code == 0


def test_a_lock_that_is_lost_with_its_session_is_noticed(postgres_loader: Loader) -> None:
    settings = dict(os.environ)
    with warehouse_lock("prod", "", "run") as lock:
        lock.check()
        with connect(settings, settings["PLUMBLINE_PG_DATABASE"]) as other:
            other.cursor().execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and application_name like 'plumbline run since %'"
            )
        other.close()
        with pytest.raises(UnreachableError, match=r"The lock on .* is lost with its connection"):
            lock.check()


def test_another_schema_prefix_is_another_warehouse_on_postgresql(postgres_loader: Loader) -> None:
    with warehouse_lock("prod", "", "run"), warehouse_lock("prod", "ci_7_", "run"):
        pass

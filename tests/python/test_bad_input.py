"""What people get wrong: a clear message, an exit code, no traceback and no secret."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from loading import Loader
from plumbline.errors import mask, remember_secret
from support import connect
from test_load_airflow import postgres_url

KINDS = "airflow, alert_rules, alertmanager, alerts, dbt, odcs, openlineage, openslo, opsgenie, pagerduty"
FEED = "feeds:\n  - kind: dbt\n    name: shop\n    path: artifacts/*/\n"

CONFIGS = [
    ("feeds: [", "plumbline.yml:1: is not valid YAML: while parsing a flow node expected the node content"),
    ("feeds:\n\t- x", "plumbline.yml:2: is not valid YAML"),
    ("", "plumbline.yml:1: the file must hold the key 'feeds'"),
    ("- a", "plumbline.yml:1: the file must hold the key 'feeds'"),
    ("feed: []", "plumbline.yml:1: feed: is not a key of this file; did you mean 'feeds'?"),
    ("feeds: {a: b}", "plumbline.yml:1: feeds: must be a list"),
    ("feeds:\n  - text", "plumbline.yml:2: feeds[0]: must hold the keys kind, name"),
    (
        "feeds:\n  - name: a",
        f"plumbline.yml:2: feeds[0]: the key 'kind' is missing; it is one of {KINDS}",
    ),
    (
        "feeds:\n  - name: a\n    kind: dbd",
        f"plumbline.yml:3: feeds[0].kind: 'dbd' is not a kind of feed; it is one of {KINDS}; did you mean 'dbt'?",
    ),
    (
        FEED + "    pth: x",
        "plumbline.yml:5: feeds[0].pth: is not a key of this kind of feed (kind, name, path, optional); "
        "did you mean 'path'?",
    ),
    ("feeds:\n  - kind: dbt\n    name: shop", "plumbline.yml:2: feeds[0].path: is required"),
    (FEED + "    path: other", "plumbline.yml:5: feeds[0].path: stands here a second time"),
    (
        FEED + "  - {kind: dbt, name: shop, path: y}",
        "plumbline.yml:5: feeds[1].name: 'shop' is already the name of the feed in line 3",
    ),
    (FEED.replace("shop", "'my shop'"), "plumbline.yml:3: feeds[0].name: may hold letters, digits"),
    (
        FEED.replace("artifacts", "${NOT_SET_ANYWHERE}"),
        "plumbline.yml:4: feeds[0].path: the environment variable NOT_SET_ANYWHERE is not set",
    ),
    (FEED + "    optional: perhaps", "plumbline.yml:5: feeds[0].optional: input should be a valid boolean"),
    (
        FEED.replace("path: artifacts/*/", "path: [a, b]"),
        "plumbline.yml:4: feeds[0].path: input should be a valid string",
    ),
    (
        "feeds:\n  - {kind: airflow, name: a, url: 'mysql://u:the-secret@h/db'}",
        "plumbline.yml:2: feeds[0].url: mysql:// is not read",
    ),
    (
        "feeds:\n  - {kind: airflow, name: a, url: x, lookback_hours: -1}",
        "plumbline.yml:2: feeds[0].lookback_hours: input should be greater",
    ),
]


@pytest.mark.parametrize(("text", "message"), CONFIGS)
def test_a_mistake_in_the_configuration_is_named_with_line_and_key(loader: Loader, text: str, message: str) -> None:
    (loader.folder / "plumbline.yml").write_text(text)
    done = loader.run("load")
    assert done.code == 2
    assert done.output.startswith(message)
    assert "the-secret" not in done.output
    assert not (loader.folder / "warehouse.duckdb").exists()


def test_every_mistake_is_named_at_once(loader: Loader) -> None:
    (loader.folder / "plumbline.yml").write_text(FEED + "    a: 1\n    b: 2\nother: 3\n")
    assert [line.split(" ")[:2] for line in loader.run("load").output.splitlines()] == [
        ["plumbline.yml:5:", "feeds[0].a:"],
        ["plumbline.yml:6:", "feeds[0].b:"],
        ["plumbline.yml:7:", "other:"],
    ]


def test_wrong_options_are_refused(loader: Loader) -> None:
    assert loader.run("load").code == 2
    assert "there is no such file" in loader.run("load", "--config", "elsewhere.yml").output
    assert loader.run("load", "--target", "test").code == 2
    assert loader.run("lod").code == 2


def test_a_config_elsewhere_is_where_relative_paths_start(loader: Loader) -> None:
    (loader.folder / "conf" / "artifacts" / "1").mkdir(parents=True)
    (loader.folder / "conf" / "artifacts" / "1" / "x.json").write_text("{}")
    (loader.folder / "conf" / "other.yml").write_text(FEED)
    assert "1 rejected" in loader.run("load", "--config", "conf/other.yml").output


def test_an_empty_folder_says_so(loader: Loader) -> None:
    (loader.folder / "empty").mkdir()
    done = loader.load(
        {"kind": "airflow", "name": "a", "url": "empty"},
        {"kind": "openlineage", "name": "b", "path": "empty"},
        {"kind": "dbt", "name": "c", "path": "empty/"},
        fails=True,
    )
    assert "a: failed: the folder empty holds no table" in done.output
    assert f"b: failed: no file matches empty (relative paths start from {loader.folder})" in done.output
    assert "c: failed: no .json file in empty/" in done.output


@pytest.mark.parametrize("place", ["@127.0.0.1:1/airflow", "@/airflow?host=127.0.0.1&port=1"])
def test_an_unreachable_database_says_so_without_the_password(
    loader: Loader, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setenv("AIRFLOW_DB_URL", f"postgresql://airflow:p%40ss-w0rd%21{place}")
    done = loader.load({"kind": "airflow", "name": "prod", "url": "${AIRFLOW_DB_URL}"}, fails=True)
    assert "prod: failed: the database airflow at 127.0.0.1:1 cannot be reached as airflow" in done.output
    assert "Connection refused" in done.output
    kept = loader.value("select error_message from raw.loads")
    for text in (done.output, kept):
        assert "w0rd" not in text


def test_a_wrong_password_says_so_without_it(
    loader: Loader, make_postgres_database: Callable[[], dict[str, str]]
) -> None:
    settings = make_postgres_database()
    database, host = settings["PLUMBLINE_PG_DATABASE"], settings["PLUMBLINE_PG_HOST"]
    url = (
        f"postgresql://nobody-here:very-secret@/{database}?host={host}&port={settings.get('PLUMBLINE_PG_PORT', '5432')}"
    )
    done = loader.load({"kind": "airflow", "name": "prod", "url": url}, fails=True)
    assert "cannot be reached as nobody-here: " in done.output
    assert "very-secret" not in done.output + loader.value("select error_message from raw.loads")


def test_a_warehouse_that_cannot_be_reached_says_so(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    (loader.folder / "plumbline.yml").write_text("feeds: []")
    monkeypatch.setenv("PLUMBLINE_PG_HOST", "127.0.0.1")
    monkeypatch.setenv("PLUMBLINE_PG_PORT", "1")
    monkeypatch.setenv("PLUMBLINE_PG_PASSWORD", "very-secret")
    done = loader.run("load", "--target", "prod")
    assert done.code == 2
    assert "cannot be reached" in done.output
    assert "very-secret" not in done.output


def test_a_database_that_is_no_airflow_says_so(
    loader: Loader, make_postgres_database: Callable[[], dict[str, str]], tmp_path: Path
) -> None:
    settings = make_postgres_database()
    feed = {"kind": "airflow", "name": "prod", "url": postgres_url(settings)}
    assert "there is no table dag_run (it is empty)" in loader.load(feed, fails=True).output
    connection = connect(settings, settings["PLUMBLINE_PG_DATABASE"])
    connection.autocommit = True
    connection.cursor().execute("create table dag_run (dag_id text, execution_date timestamp)")
    connection.close()
    assert "the table dag_run has no run_id, state" in loader.load(fails=True).output
    (tmp_path / "text.db").write_text("this is no database at all")
    assert "file is not a database" in loader.load({**feed, "url": "sqlite:///text.db"}, fails=True).output
    assert "text2.db does not exist" in loader.load({**feed, "url": "sqlite:///text2.db"}, fails=True).output


def test_an_airflow_of_an_unknown_version_is_loaded_with_a_note(loader: Loader) -> None:
    folder = loader.folder / "export"
    folder.mkdir()
    (folder / "dag_run.csv").write_text("dag_id,run_id,state\nd,r,success\n")
    (folder / "task_instance.csv").write_text("dag_id,task_id,run_id,map_index,state\nd,t,r,-1,success\n")
    (folder / "alembic_version.csv").write_text("version_num\nabcdef\n")
    done = loader.load({"kind": "airflow", "name": "prod", "url": "export"})
    assert "note: its schema version abcdef is not one that plumbline was tried with" in done.output
    (folder / "task_instance.csv").write_text("dag_id,task_id,run_id,state\nd,t,r,success\n")
    assert "the table task_instance has no map_index" in loader.load(fails=True).output


def test_secrets_are_masked() -> None:
    assert mask("postgresql+psycopg2://airflow:s3cret@db:5432/x?sslmode=require") == (
        "postgresql+psycopg2://airflow:***@db:5432/x?sslmode=require"
    )
    assert mask("host=h password=s3cret user=u") == "host=h password=*** user=u"
    assert mask("host=h password='s3 \\' cret' user=u") == "host=h password=*** user=u"
    assert mask("https://example.com/a:b@c") == "https://example.com/a:b@c"
    remember_secret("p@ss word")
    assert mask("it was p@ss word and p%40ss%20word") == "it was *** and ***"

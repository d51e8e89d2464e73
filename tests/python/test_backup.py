"""A backup, and a warehouse that is restored from it: on both engines, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

import plumbline.backup
from loading import Loader, event, lines
from support import BIN, Workplace, connect
from test_build_sample import differences, keys_of, marts_of
from test_load_warehouse import SAMPLE, TABLES

LEDGER = ["loads", "load_files", "rejected_records"]
UNKNOWN = "00000000-0000-0000-0000-000000000000"
SUBJECT = "aaaaaaaa-0000-0000-0000-000000000000"
VERDICT = "SI06,ingest_customers.load,*,,expected,ops,2026-11-21,it waits for a partner"
WAIVER = 'SI02,build_marts,*,"publishing is, for now, done by hand",analytics,2026-11-01,2027-01-01'


@pytest.fixture(scope="module")
def audited(sample: Workplace, tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """The sample, with a waiver, a verdict, and a finding of which only the snapshots know that it came and went."""
    folder = tmp_path_factory.mktemp("audited") / "plumbline"
    shutil.copytree(sample.folder, folder)
    workplace = Workplace(folder)
    with (folder / "seeds" / "audit_waivers.csv").open("a") as file:
        file.write(WAIVER + "\n")
    with (folder / "seeds" / "audit_verdicts.csv").open("a") as file:
        file.write(VERDICT + "\n")
    with duckdb.connect(str(workplace.duckdb_path)) as warehouse:
        for number, (verdict, begins, ends) in enumerate(
            [("finding", "2026-01-01", "timestamp '2026-01-02'"), ("clear", "2026-01-02", "null")]
        ):
            warehouse.execute(
                f"""
                insert into snapshots.snap_audit__results by name
                select
                    uuid '{SUBJECT}' as audit_result_key, uuid '{UNKNOWN}' as audit_rule_key, 'AL01' as rule_id,
                    'No failure alerting' as rule_name, 'high' as severity, 'pipeline' as subject_type,
                    uuid '{SUBJECT}' as subject_key, 'retired' as subject_name, 'airflow' as source_name,
                    uuid '{UNKNOWN}' as pipeline_key, uuid '{UNKNOWN}' as task_key, uuid '{UNKNOWN}' as dataset_key,
                    uuid '{UNKNOWN}' as check_key, uuid '{UNKNOWN}' as team_key, '{verdict}' as verdict,
                    'as it was' as reason, '{{}}' as evidence, false as is_waived,
                    timestamp '{begins}' as as_of_at, 'scd {number}' as dbt_scd_id,
                    timestamp '{begins}' as dbt_updated_at, timestamp '{begins}' as dbt_valid_from,
                    {ends} as dbt_valid_to
                """
            )
    workplace.dbt("build", "--exclude-resource-type", "test", "unit_test")
    return workplace


@pytest.fixture(scope="module")
def backup(audited: Workplace) -> Path:
    """A backup of that warehouse."""
    folder = audited.folder.parent / "backup"
    printed = audited(BIN / "plumbline", "backup", folder)
    assert "raw.openlineage_events" in printed
    return folder


@pytest.mark.parametrize("target", ["dev", "prod"])
def test_a_restored_warehouse_builds_the_same_marts(
    target: str,
    audited: Workplace,
    backup: Path,
    make_workplace: Callable[..., Workplace],
    make_postgres_database: Callable[..., dict[str, str]],
    manifest: dict[str, Any],
) -> None:
    assert {row["status"] for row in audited.query("select distinct status from marts.fct_findings")} == {
        "open",
        "waived",
        "closed",
    }
    restored = make_workplace("restored", target, make_postgres_database() if target == "prod" else None)
    printed = restored(BIN / "plumbline", "restore", backup, "--target", target)
    for seed in ("seeds/audit_waivers.csv", "seeds/audit_verdicts.csv"):
        assert f"{seed} is as it was again." in printed
        assert (restored.folder / seed).read_text() == (audited.folder / seed).read_text()
    restored.dbt("build", "--exclude-resource-type", "test", "unit_test")
    keys = keys_of(manifest)
    found: list[str] = []
    for node in marts_of(manifest):
        query = f"select * from {node['schema']}.{node['alias']}"
        rows = audited.query(query)
        assert target == "prod" or sorted(map(repr, rows)) == sorted(map(repr, restored.query(query))), node["name"]
        found += differences(node["name"], keys.get(node["unique_id"], []), rows, restored.query(query))[:12]
    assert found == []


def raw_of(loader: Loader) -> dict[str, list[tuple[Any, ...]]]:
    """What the raw tables hold, JSON as values."""

    def plain(value: Any) -> Any:
        return json.dumps(json.loads(value), sort_keys=True) if isinstance(value, str) and value[:1] in "{[" else value

    tables = loader.contents([*TABLES, *LEDGER])
    return {table: sorted([repr(tuple(map(plain, row))) for row in rows]) for table, rows in tables.items()}


def test_what_was_landed_goes_from_engine_to_engine_and_is_not_loaded_again(
    loader: Loader, postgres_loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = json.dumps(event(1, job={"namespace": "n ' \" ; {{ x }} <b>", "name": "\u202e😀\n" + "x" * 10_000}))
    (loader.folder / "a.ndjson").write_bytes(lines(odd, "broken"))
    feeds = [*SAMPLE, {"kind": "openlineage", "name": "odd", "path": "a.ndjson"}]
    postgres_loader.load(*feeds)
    expected = raw_of(postgres_loader)
    assert len(expected["rejected_records"]) == 1
    assert postgres_loader.run("backup", "there", "--target", "prod").code == 0
    assert loader.run("restore", "there").code == 0
    assert raw_of(loader) == expected
    assert loader.load().output.count("nothing new") == len(feeds)
    assert loader.run("backup", "back").code == 0
    assert postgres_loader.run("restore", "back", "--target", "prod").code == 2
    assert postgres_loader.run("restore", "back", "--target", "prod", "--overwrite").code == 0
    expected["loads"] = raw_of(loader)["loads"]
    assert raw_of(postgres_loader) == expected


@pytest.fixture
def small(loader: Loader) -> Loader:
    """A warehouse with two events, backed up as `backup`, and an empty one to restore into."""
    (loader.folder / "a.ndjson").write_bytes(lines(event(1), event(2)))
    loader.load({"kind": "openlineage", "name": "lineage", "path": "a.ndjson"})
    assert loader.run("backup", "backup").code == 0
    Path(os.environ["PLUMBLINE_DUCKDB_PATH"]).unlink()
    return loader


def edited(folder: Path, **changes: Any) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_damaged_backup_is_named_and_nothing_is_restored(small: Loader) -> None:
    folder = small.folder / "backup"
    tables = json.loads((folder / "manifest.json").read_text())["tables"]
    events = folder / "raw" / "openlineage_events.parquet"
    whole = events.read_bytes()

    events.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert "openlineage_events.parquet: is not the file that was backed up" in refusal(small)
    events.unlink()
    assert "openlineage_events.parquet: cannot be read: No such file" in refusal(small)
    events.write_bytes(whole)
    last = next(table for table in tables if table["name"] == "rejected_records")
    edited(folder, tables=[{**table, "rows": 7} if table is last else table for table in tables])
    assert "rows where its manifest says 7" in refusal(small, code=1)
    assert small.value("select count(*) from raw.openlineage_events") == 0
    edited(folder, tables=[{**table, "columns": {**table["columns"], "later": "text"}} for table in tables])
    assert "Restore it with a project that is as new" in refusal(small)
    edited(folder, tables=tables, format=2)
    assert "this plumbline reads format 1" in refusal(small)
    (folder / "manifest.json").write_text("{")
    assert "is no manifest of a backup" in refusal(small)
    (folder / "manifest.json").unlink()
    assert "is no backup: it has no manifest.json" in refusal(small)


def refusal(loader: Loader, code: int = 2) -> str:
    done = loader.run("restore", "backup")
    assert done.code == code, done.output
    return done.output


def test_only_an_empty_warehouse_is_restored_into_unless_told(small: Loader) -> None:
    small.load()
    (small.folder / "b.ndjson").write_bytes(lines(event(3)))
    small.load({"kind": "openlineage", "name": "lineage", "path": "*.ndjson"})
    assert "is not empty: raw.load_files has rows" in refusal(small)
    assert small.value("select count(*) from raw.openlineage_events") == 3
    assert small.run("restore", "backup", "--overwrite").code == 0
    assert small.value("select count(*) from raw.openlineage_events") == 2


def test_what_was_text_in_an_older_backup_is_restored_as_what_it_is_now(small: Loader) -> None:
    folder = small.folder / "backup"
    tables = json.loads((folder / "manifest.json").read_text())["tables"]
    events = next(table for table in tables if table["name"] == "openlineage_events")
    path = folder / events["file"]
    with duckdb.connect() as con:
        con.execute(
            f"copy (select * replace (replace(cast(event_md5 as varchar), '-', '') as event_md5) from '{path}') "
            f"to '{path}.new' (format parquet)"
        )
    Path(f"{path}.new").rename(path)
    events["columns"]["event_md5"] = "text"
    events.update(size_bytes=path.stat().st_size, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    edited(folder, tables=tables)
    assert small.run("restore", "backup").code == 0
    first = hashlib.md5((small.folder / "a.ndjson").read_bytes().splitlines()[0], usedforsecurity=False).hexdigest()
    assert small.value(f"select count(*) from raw.openlineage_events where event_md5 = cast('{first}' as uuid)") == 1
    assert small.value("select any_value(typeof(event_md5)) from raw.openlineage_events") == "UUID"


def test_waivers_of_the_project_are_not_overwritten(small: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    small.run("restore", "backup")
    with duckdb.connect(os.environ["PLUMBLINE_DUCKDB_PATH"]) as con:
        con.execute("create schema seeds")
        con.execute(
            "create table seeds.audit_waivers as select 'SI02' as rule_id, '%' as subject_pattern, '*' as source_name, "
            "'r' as reason, 'o' as owner, date '2026-11-01' as created_on, date '2026-12-01' as expires_on"
        )
    assert small.run("backup", "waived").code == 0
    project = small.folder / "project"
    shutil.copytree(Path(__file__).parents[2] / "models" / "staging", project / "models" / "staging")
    monkeypatch.setenv("PLUMBLINE_PROJECT_DIR", str(project))
    (project / "seeds").mkdir()
    seed = project / "seeds" / "audit_waivers.csv"
    seed.write_text(f"rule_id,subject_pattern,source_name,reason,owner,created_on,expires_on\n{WAIVER}\n")
    before = seed.read_text()
    done = small.run("restore", "waived", "--overwrite")
    assert "seeds/audit_waivers.csv holds other rows than the backup, and was left as it is" in done.output
    assert seed.read_text() == before


def test_half_a_backup_is_never_taken_for_one(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    (loader.folder / "plumbline.yml").write_text("feeds: []\n")
    assert "There is no warehouse" in loader.run("backup", "backup").output
    loader.load()

    def fail(path: Path) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as context:
        context.setattr(plumbline.backup, "sha256_of", fail)
        done = loader.run("backup", "backup")
    assert (done.code, "No space left on device" in done.output) == (1, True)
    assert list(loader.folder.glob("backup*")) == []
    (loader.folder / "backup.partial" / "raw").mkdir(parents=True)  # of one that was killed
    assert loader.run("backup", "backup").code == 0
    assert [path.name for path in loader.folder.glob("backup*")] == ["backup"]
    assert "A backup is never overwritten" in loader.run("backup", "backup").output
    assert "there is no folder" in loader.run("backup", "none/backup").output


def test_a_backup_is_of_one_instant(postgres_loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    (postgres_loader.folder / "a.ndjson").write_bytes(lines(event(1)))
    postgres_loader.load({"kind": "openlineage", "name": "lineage", "path": "a.ndjson"})
    written = plumbline.backup.sha256_of

    def meanwhile(path: Path) -> str:
        with connect(dict(os.environ), os.environ["PLUMBLINE_PG_DATABASE"]) as other:
            other.cursor().execute("insert into raw.rejected_records (_source_name) values ('meanwhile')")
        other.close()
        return written(path)

    monkeypatch.setattr(plumbline.backup, "sha256_of", meanwhile)
    assert postgres_loader.run("backup", "backup", "--target", "prod").code == 0
    assert postgres_loader.value("select count(*) from raw.rejected_records") > 0
    tables = json.loads((postgres_loader.folder / "backup" / "manifest.json").read_text())["tables"]
    assert {table["name"]: table["rows"] for table in tables}["rejected_records"] == 0


def test_a_backup_waits_for_nobody_who_writes(loader: Loader) -> None:
    (loader.folder / "plumbline.yml").write_text("feeds: []\n")
    loader.load()
    holder = subprocess.Popen(
        ["flock", f"{os.environ['PLUMBLINE_DUCKDB_PATH']}.lock", "sh", "-c", "echo held; read -r _"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    done = loader.run("backup", "backup")
    holder.communicate("\n")
    assert done.code == 75

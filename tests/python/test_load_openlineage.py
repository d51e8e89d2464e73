"""OpenLineage events: every way they stand in files, and everything that can be wrong with them."""

from __future__ import annotations

import datetime
import gzip
import json
import math
import os
from pathlib import Path
from typing import Any

import pytest

from loading import SHARED, Loader, event, lines, needs_shared_data

FEED = {"kind": "openlineage", "name": "lineage", "path": "events/**"}
EVENTS = "select count(*) from raw.openlineage_events"


@pytest.fixture
def events(loader: Loader) -> Path:
    folder = loader.folder / "events"
    folder.mkdir()
    return folder


def big(count: int, **changes: Any) -> list[dict[str, Any]]:
    """Events that together are large enough for the way of large files."""
    filler = {"filler": {"text": "x" * 1000}}
    return [
        event(number, outputs=[{"namespace": "n", "name": "d", "facets": filler}], **changes) for number in range(count)
    ]


def test_every_layout_of_a_file_gives_the_same_events(loader: Loader, events: Path) -> None:
    some = [event(number) for number in range(3)]
    (events / "lines.ndjson").write_bytes(lines(*some))
    (events / "windows.ndjson").write_bytes(lines(*some).replace(b"\n", b"\r\n"))
    (events / "no_end.ndjson").write_bytes(lines(*some)[:-1])
    (events / "blank_lines.ndjson").write_bytes(b"\n\n" + lines(*some).replace(b"\n", b"\n \n"))
    (events / "bom.ndjson").write_bytes(b"\xef\xbb\xbf" + lines(*some))
    (events / "truncated_while_written.ndjson").write_bytes(b"\x00" * 9000 + lines(*some))
    (events / "packed.ndjson.gz").write_bytes(gzip.compress(lines(*some, ""), mtime=0))
    (events / "two_members.gz").write_bytes(
        gzip.compress(lines(some[0]), mtime=0) + gzip.compress(lines(*some[1:], "", ""), mtime=0)
    )
    (events / "array.json").write_text(json.dumps(some))
    (events / "pretty_array.json").write_text(json.dumps(some, indent=2))
    (events / "following.json").write_text("".join(json.dumps(one, indent=2) for one in some))
    for number, one in enumerate(some):
        (events / f"single_{number}.json").write_text(json.dumps(one, indent=2))
    loader.load(FEED)
    assert loader.rejected() == []
    counts = loader.query(
        "select regexp_replace(_source_file, '_[0-9]', ''), count(*), count(distinct run_id) "
        "from raw.openlineage_events group by 1 order by 1"
    )
    assert counts == [
        (f"events/{name}", 3, 3)
        for name in sorted(
            [
                "array.json",
                "blank_lines.ndjson",
                "bom.ndjson",
                "following.json",
                "lines.ndjson",
                "no_end.ndjson",
                "packed.ndjson.gz",
                "pretty_array.json",
                "single.json",
                "truncated_while_written.ndjson",
                "two_members.gz",
                "windows.ndjson",
            ]
        )
    ]


def test_the_fixed_fields_become_columns(loader: Loader, events: Path) -> None:
    (events / "a.ndjson").write_bytes(
        lines(
            event(1, eventType="complete"),
            event(2, eventType=None),
            {"eventTime": "2026-01-01T00:00:00Z", "dataset": {"namespace": "n", "name": "d"}, "producer": "p"},
            {"eventTime": "2026-01-01T00:00:00Z", "job": {"namespace": "n", "name": "j"}, "producer": "p"},
        )
    )
    loader.load(FEED)
    assert loader.query(
        "select event_kind, event_type, run_id, job_namespace, job_name from raw.openlineage_events order by job_name"
    ) == [
        ("JOB", None, None, "n", "j"),
        ("RUN", "COMPLETE", "01941f29-7c00-7000-8000-000000000001", "shop", "job_1"),
        ("RUN", None, "01941f29-7c00-7000-8000-000000000002", "shop", "job_2"),
        ("DATASET", None, None, None, None),
    ]


def test_the_facets_that_are_read_become_columns(loader: Loader, events: Path) -> None:
    run = {"run_id": "scheduled__1", "clear_number": 1, "logical_date": "2026-11-09T06:00:00+02:00"}
    owners = [{"name": "sales"}, {"name": "data", "type": "team"}]
    (events / "a.ndjson").write_bytes(
        lines(
            event(
                1,
                run={"runId": "r", "facets": {"airflowDagRun": {"dag": {"dag_id": "etl"}, "dagRun": run}}},
                job={"namespace": "n", "name": "a", "facets": {"ownership": {"owners": owners}}},
                inputs=[{"namespace": "n", "name": "d", "facets": {"other": {"b": 1, "a": [True, None]}}}],
            ),
            event(
                2,
                run={
                    "runId": "r",
                    "facets": {
                        "airflow": {
                            "dag": {"dag_id": "etl"},
                            "task": {"task_id": "t"},
                            "taskInstance": {"try_number": "x"},
                        },
                        "parent": {"run": {"runId": "P"}, "job": None, "root": {"run": "no object"}},
                    },
                },
                job={"namespace": "n", "name": "b", "facets": {"sql": {"query": "select '\n'"}}},
                inputs=None,
            ),
            event(3, run={"runId": "r", "facets": None}, job={"namespace": "n", "name": "c", "facets": "none"}),
        )
    )
    loader.load(FEED)
    assert loader.query(
        "select airflow_dag_id, airflow_task_id, airflow_run_id, airflow_clear_number, airflow_logical_date, "
        "airflow_try_number, parent_run_id, root_run_id, sql_query from raw.openlineage_events order by job_name"
    ) == [
        ("etl", None, "scheduled__1", 1, datetime.datetime(2026, 11, 9, 4), None, None, None, None),
        ("etl", "t", None, None, None, None, "P", None, "select '\n'"),
        (None,) * 9,
    ]
    lists = loader.query("select job_owners, inputs, outputs, dataset from raw.openlineage_events order by job_name")
    assert [[one and json.loads(one) for one in row] for row in lists] == [
        [owners, [{"namespace": "n", "name": "d", "facets": {"other": {"b": 1, "a": [True, None]}}}], [], None],
        [None, None, [], None],
        [None, [], [], None],
    ]


@pytest.mark.parametrize("engine", ["loader", "postgres_loader"])
def test_a_column_that_is_declared_later_is_filled_from_the_events(engine: str, request: pytest.FixtureRequest) -> None:
    loader: Loader = request.getfixturevalue(engine)
    sources = loader.use_own_staging() / "openlineage" / "_openlineage__sources.yml"
    declared = sources.read_text()
    later = ("error_message", "nominal_start_time", "outputs")
    sources.write_text(
        "".join(line for line in declared.splitlines(True) if not any(f"{{name: {name}," in line for name in later))
    )
    facets = {"errorMessage": {"message": "it's"}, "nominalTime": {"nominalStartTime": "2026-01-01T01:00:00+01:00"}}
    path = loader.folder / "a.ndjson"
    path.write_bytes(lines(event(1, run={"runId": "r", "facets": facets})))
    loader.load({**FEED, "path": str(loader.folder / "*.ndjson")})
    sources.write_text(declared)
    path.write_bytes(path.read_bytes() + lines(event(2, outputs=None)))
    loader.load()
    assert loader.query(
        "select error_message, nominal_start_time, outputs from raw.openlineage_events order by job_name"
    ) == [
        ("it's", datetime.datetime(2026, 1, 1), "[]"),
        (None, None, None),
    ]


NOMINAL_TIMES = [
    ("2020-12-28T19:51:01.641499999Z", "2020-12-28T19:51:01.641499"),
    ("2020-12-28T19:51:01.641499", "2020-12-28T19:51:01.641499"),
    ("2020-12-28 20:00:00", "2020-12-28T20:00:00"),
    ("2020-12-28T19:51:01+10:00", "2020-12-28T09:51:01"),
    ("2020-12-28T19:51:01-0530", "2020-12-29T01:21:01"),
    ("2020-12-28T19:51:01+00:00", "2020-12-28T19:51:01"),
    ("2020-12-28", "2020-12-28T00:00:00"),
    ("2021-02-29", None),
    ("2020-13-28T00:00:00Z", None),
    ("soon", None),
    (None, None),
]


def test_times_of_facets_are_read_in_any_precision_and_zone(loader: Loader, events: Path) -> None:
    (events / "a.ndjson").write_bytes(
        lines(
            *(
                event(number, run={"runId": "r", "facets": {"nominalTime": {"nominalStartTime": written}}})
                for number, (written, _) in enumerate(NOMINAL_TIMES)
            )
        )
    )
    loader.load(FEED)
    landed = loader.query(
        "select nominal_start_time from raw.openlineage_events order by cast(right(job_name, -4) as integer)"
    )
    assert landed == [(read and datetime.datetime.fromisoformat(read),) for _, read in NOMINAL_TIMES]


TIMES = [
    ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00"),
    ("2026-03-01T10:00:00", "2026-03-01T10:00:00"),
    ("2026-03-01 10:00:00.5", "2026-03-01T10:00:00.500000"),
    ("2026-03-01T10:00:00.123456789Z", "2026-03-01T10:00:00.123456"),
    ("2026-03-01T10:00:00.123456999+10:00", "2026-03-01T00:00:00.123456"),
    ("2026-03-01T10:00:00-0530", "2026-03-01T15:30:00"),
    ("2026-03-01T10:00Z", "2026-03-01T10:00:00"),
    ("2026-03-01T10:00+01:00[Europe/Berlin]", "2026-03-01T09:00:00"),
    ("2026-03-01t10:00:00z", "2026-03-01T10:00:00"),
    ("2026-13-01T10:00:00Z", None),
    ("yesterday", None),
    ("infinity", None),
    ("", None),
    (1_767_225_600, None),
]


def test_times_are_read_in_utc_to_the_microsecond(loader: Loader, events: Path) -> None:
    (events / "a.ndjson").write_bytes(
        lines(*(event(number, eventTime=written) for number, (written, _) in enumerate(TIMES)))
    )
    loader.load(FEED)
    landed = loader.query(
        "select cast(right(job_name, -4) as integer), event_time from raw.openlineage_events order by 1"
    )
    assert landed == [(number, datetime.datetime.fromisoformat(read)) for number, (_, read) in enumerate(TIMES) if read]
    assert [(line, reason) for _, line, reason in loader.rejected()] == [
        (number, "eventTime is no time that can be read") for number, (_, read) in enumerate(TIMES, start=1) if not read
    ]


BAD = [
    (b'{"eventType": "START", ', "is not valid JSON: Expecting property name enclosed in double quotes"),
    (b'{"eventType": "\xff"}', "is not valid UTF-8: invalid start byte at byte 16"),
    (b"[1, 2]", "is not a JSON object"),
    (b'"text"', "is not a JSON object"),
    (lines({"$schema": "x", "properties": {}}).strip(), "is not an OpenLineage event: it has no run, job or dataset"),
    (lines(event(run={"facets": {}})).strip(), "has no run.runId"),
    (lines(event(run={"runId": ""})).strip(), "has no run.runId"),
    (lines(event(job={"name": "j"})).strip(), "has no job.namespace"),
    (lines(event(job={"namespace": "n"})).strip(), "has no job.name"),
    (lines(event(job=None)).strip(), "has no job.namespace"),
    (lines(event(eventTime=None)).strip(), "has no eventTime"),
    (lines(event(eventTime="soon")).strip(), "eventTime is no time that can be read"),
]


@pytest.mark.parametrize("count", [3, 400], ids=["small file", "large file"])
def test_what_cannot_be_read_is_kept_with_its_line_and_reason(loader: Loader, events: Path, count: int) -> None:
    good = big(count)
    (events / "a.ndjson").write_bytes(lines(*good, *(text for text, _ in BAD), *good))
    done = loader.load(FEED)
    assert loader.value(EVENTS) == 2 * count
    assert loader.rejected() == [
        ("events/a.ndjson", count + number, reason) for number, (_, reason) in enumerate(BAD, start=1)
    ]
    kept = [row[0] for row in loader.query("select content from raw.rejected_records order by line_number")]
    assert kept == [
        text.decode("utf-8", "backslashreplace") + ("\n" if number in (0, 1) else "")
        for number, (text, _) in enumerate(BAD)
    ]
    assert f"{len(BAD)} rejected" in done.output
    assert loader.query("select records_landed, records_rejected from raw.load_files") == [(2 * count, len(BAD))]


def test_both_ways_of_reading_give_the_same_rows(loader: Loader, events: Path) -> None:
    given = [*big(300), event(1, producer='quote " and \\ and \t and é and 😀')]
    (events / "large.ndjson").write_bytes(lines(*given))
    loader.load(FEED)
    for number in range(0, len(given), 10):
        (events / f"small_{number}.ndjson").write_bytes(lines(*given[number : number + 10]))
    loader.load()
    columns = (
        "event_time, event_type, event_kind, run_id, job_namespace, job_name, producer, schema_url, event_md5, event"
    )
    large, small = (
        loader.query(f"select {columns} from raw.openlineage_events where _source_file {which} order by event_md5")
        for which in ("= 'events/large.ndjson'", "<> 'events/large.ndjson'")
    )
    assert large == small
    assert len(large) == len(given)


@pytest.mark.parametrize("count", [1, 400], ids=["small file", "large file"])
def test_what_only_some_engines_can_store_is_mended(loader: Loader, events: Path, count: int) -> None:
    values = [math.nan, "\ud800", -math.inf, "😀"]
    odd = json.dumps(event(run={"runId": "odd"}, job={"namespace": "n\x00", "name": "j"}, a=values))
    comma = b'{"eventTime": "2026-01-01T00:00:00Z", "run": {"runId": "c"}, "job": {"namespace": "n", "name": "j"},}'
    (events / "a.ndjson").write_bytes(lines(*big(count), odd, comma))
    loader.load(FEED)
    assert loader.query("select job_namespace, event ->> '$.a' from raw.openlineage_events where run_id = 'odd'") == [
        ("n\ufffd", '[null,"\ufffd",null,"😀"]')
    ]
    assert [(line, reason[:17]) for _, line, reason in loader.rejected()] == [(count + 2, "is not valid JSON")]


def test_a_line_of_10_mb_lands(loader: Loader, events: Path) -> None:
    (events / "a.ndjson").write_bytes(lines(event(1), event(2, huge="x" * 10_000_000), event(3)))
    (events / "b.ndjson").write_bytes(lines(event(4, huge="x" * 20_000_000)))
    loader.load(FEED)
    assert loader.value(EVENTS) == 4
    assert loader.value("select max(length(cast(event as varchar))) from raw.openlineage_events") > 20_000_000


@pytest.mark.parametrize("count", [40, 4000])
def test_a_truncated_gzip_gives_what_stands_before_the_break(loader: Loader, events: Path, count: int) -> None:
    given = lines(*(event(number, salt=os.urandom(200).hex()) for number in range(count)))
    packed = gzip.compress(given, mtime=0)
    (events / "a.ndjson.gz").write_bytes(packed[: len(packed) // 2])
    done = loader.load(FEED)
    landed = loader.value(EVENTS)
    assert count * 0.4 < landed < count * 0.6
    assert loader.rejected() == [
        ("events/a.ndjson.gz", landed + 1, "the gzip data ends too early: the file is truncated")
    ]
    assert "truncated" in done.output
    (events / "a.ndjson.gz").write_bytes(packed)
    loader.load()
    assert (loader.value(EVENTS), loader.value("select count(distinct event_md5) from raw.openlineage_events")) == (
        count,
        count,
    )


def test_a_damaged_gzip_gives_what_stands_before_the_damage(loader: Loader, events: Path) -> None:
    packed = bytearray(gzip.compress(lines(*(event(n, salt=os.urandom(99).hex()) for n in range(999))), mtime=0))
    packed[len(packed) // 2 : len(packed) // 2 + 200] = bytes(200)
    (events / "a.gz").write_bytes(packed)
    loader.load(FEED)
    ((_, _, reason),) = loader.rejected()[-1:]
    assert reason.startswith("the gzip data")


@pytest.mark.parametrize("count", [2, 600], ids=["small file", "large file"])
def test_a_file_that_grows_goes_on_where_it_was(loader: Loader, events: Path, count: int) -> None:
    path = events / "a.ndjson"
    given = big(count + 3)
    whole = lines(*given)
    first = lines(*given[:count])
    path.write_bytes(first + lines(given[count])[:50])
    loader.load(FEED)
    assert loader.value(EVENTS) == count
    assert [row[1:] for row in loader.rejected()] == [
        (count + 1, "truncated: the last line has no end; it will be loaded when the file has grown")
    ]
    path.write_bytes(whole[:-1])
    loader.load()
    assert loader.value(EVENTS) == count + 3
    path.write_bytes(whole + b"nonsense\n" + lines(event(9999)))
    loader.load()
    assert loader.value(EVENTS) == count + 4
    assert [line for _, line, _ in loader.rejected()] == [count + 1, count + 4]
    assert loader.value("select count(distinct event_md5) from raw.openlineage_events") == count + 4


def test_a_log_that_was_rotated_and_packed_is_not_landed_again(loader: Loader, events: Path) -> None:
    given = [event(number) for number in range(5)]
    (events / "a.ndjson").write_bytes(lines(*given[:3]))
    loader.load(FEED)
    (events / "a.ndjson").unlink()
    (events / "a.ndjson.1.gz").write_bytes(gzip.compress(lines(*given[:4]), mtime=0))
    (events / "a.ndjson").write_bytes(lines(given[4]))
    loader.load()
    assert loader.value(EVENTS) == 5
    (events / "a.ndjson.1.gz").rename(events / "a.ndjson.2.gz")
    assert "nothing new" in loader.load().output
    assert loader.value(EVENTS) == 5


def test_the_same_content_under_two_names_lands_once(loader: Loader, events: Path) -> None:
    (events / "a.ndjson").write_bytes(lines(event()))
    (events / "b.ndjson").write_bytes(lines(event()))
    loader.load(FEED)
    assert loader.value(EVENTS) == 1
    os.utime(events / "a.ndjson", (1, 1))
    assert "nothing new" in loader.load().output


def test_an_event_that_was_delivered_twice_has_two_rows(loader: Loader, events: Path) -> None:
    (events / "a.ndjson").write_bytes(lines(event(), event()))
    loader.load(FEED)
    assert loader.query("select count(*), count(distinct event_md5) from raw.openlineage_events") == [(2, 1)]


def test_an_unchanged_file_is_not_even_opened(loader: Loader, events: Path) -> None:
    path = events / "a.ndjson"
    path.write_bytes(lines(event()))
    loader.load(FEED)
    status = path.stat()
    path.write_bytes(b"x" * status.st_size)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert "nothing new" in loader.load().output
    assert loader.query("select state from raw.loads order by started_at") == [("loaded",), ("unchanged",)]


@pytest.mark.parametrize(
    ("name", "content", "landed", "reason"),
    [
        ("half.json", json.dumps(event(), indent=2)[:-20].encode(), 0, "truncated: the document has no end"),
        ("half_array.json", json.dumps([event(1), event(2)])[:-20].encode(), 1, "truncated: the document has no end"),
        ("array.json", json.dumps([event(1), 5, event(2)]).encode(), 2, "is not a JSON object"),
        ("tail.json", (json.dumps([event(1)]) + "] x").encode(), 1, "is not valid JSON: Expecting value"),
        ("image.json", b"\x89PNG\r\n\x1a\n\x00\x00", 0, "the file is binary, not JSON text"),
        ("utf16.json", json.dumps([event(1)]).encode("utf-16"), 0, "the file is binary, not JSON text"),
        (
            "latin.json",
            json.dumps([event(1, a="é")], ensure_ascii=False).encode("latin-1"),
            0,
            "is not valid UTF-8: invalid continuation byte",
        ),
        ("deep.ndjson", b"[" * 100_000 + b"\n", 0, "is not valid JSON: is nested too deeply"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_kept_as_rejected(
    loader: Loader, events: Path, name: str, content: bytes, landed: int, reason: str
) -> None:
    (events / name).write_bytes(content)
    loader.load(FEED)
    assert loader.value(EVENTS) == landed
    assert [row[2] for row in loader.rejected()] == [reason]
    assert "nothing new" in loader.load().output


def test_a_file_that_may_not_be_read_is_tried_again(
    loader: Loader, events: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = events / "a.ndjson"
    path.write_bytes(lines(event()))
    opened = Path.open

    def refuse(self: Path, *arguments: Any, **options: Any) -> Any:
        if self.name == "a.ndjson":
            raise PermissionError(13, "Permission denied")
        return opened(self, *arguments, **options)

    with monkeypatch.context() as context:
        context.setattr(Path, "open", refuse)
        loader.load(FEED)
    assert [row[2] for row in loader.rejected()] == ["the file cannot be read: Permission denied"]
    loader.load()
    assert loader.value(EVENTS) == 1


@needs_shared_data
def test_recorded_events_are_all_landed_or_rejected(loader: Loader) -> None:
    given = {}
    for path in sorted((SHARED / "openlineage").rglob("*")):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            given[str(path)] = 1 if path.suffix == ".json" else sum(1 for line in text.splitlines() if json.loads(line))
    loader.load({"kind": "openlineage", "name": "lineage", "path": str(SHARED / "openlineage")})
    assert (
        dict(
            loader.query(
                "select _source_file, sum(records_landed + records_rejected)::int from raw.load_files group by 1"
            )
        )
        == given
    )
    assert loader.value(EVENTS) + len(loader.rejected()) == sum(given.values())
    assert {Path(file).parent.name for file, _, _ in loader.rejected() if file.endswith("ndjson")} == {"openlineage"}
    assert [
        (Path(file).name, line, reason) for file, line, reason in loader.rejected() if file.endswith("invalid.ndjson")
    ] == [("ol_fluentd_valid_and_invalid.ndjson", 7, "has no run.runId")]

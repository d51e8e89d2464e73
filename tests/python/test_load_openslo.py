"""OpenSLO files: what is landed, what is rejected and where, and what becomes of files that change or go."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from loading import SHARED, Loader, needs_shared_data

FEED = {"kind": "openslo", "name": "promises", "path": "openslo/**/*.yaml"}

SERVICE = """\
apiVersion: openslo/v1
kind: Service
metadata:
  name: {name}
spec:
  description: {description}
"""

SLO = """\
apiVersion: openslo/v1
kind: SLO
metadata:
  name: orders
spec:
  service: shop
  indicatorRef: orders-kept
  timeWindow:
    - duration: 4w
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - target: 0.99
"""

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(loader: Loader) -> Write:
    def write_file(name: str, content: str | bytes) -> Path:
        path = loader.folder / "openslo" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


def service(name: str, description: str = "A service.") -> str:
    return SERVICE.format(name=name, description=description)


def names(loader: Loader) -> list[tuple[Any, ...]]:
    return loader.query(
        "select _source_file, object_name from raw.openslo_objects order by _loaded_at, 1, object_number"
    )


def test_documents_and_lists_land_object_by_object(loader: Loader, write: Write) -> None:
    indented = "".join(f"  {line}\n" for line in service("two").splitlines())
    write("a.yaml", f"# first\n{service('one')}---\n-{indented[1:]}-{indented.replace('two', 'three')[1:]}---\n{SLO}")
    loader.load(FEED)
    assert loader.rejected() == []
    assert loader.query(
        "select object_number, line_number, kind, object_name, object ->> '$.spec.objectives[0].target' "
        "from raw.openslo_objects order by 1"
    ) == [
        (1, 2, "Service", "one", None),
        (2, 9, "Service", "two", None),
        (3, 15, "Service", "three", None),
        (4, 22, "SLO", "orders", "0.99"),
    ]


def test_dates_stay_as_they_are_written(loader: Loader, write: Write) -> None:
    window = "- duration: 1M\n      calendar: {startTime: 2026-01-01 12:00:00, timeZone: Europe/Stockholm}"
    write("a.yaml", SLO.replace("- duration: 4w\n      isRolling: true", window))
    loader.load(FEED)
    assert loader.value("select object ->> '$.spec.timeWindow[0].calendar.startTime' from raw.openslo_objects") == (
        "2026-01-01 12:00:00"
    )


WRONG = {
    "unknown field": ("  service: shop\n", "  service: shop\n  owner: me\n", 7, "spec.owner: is not a field"),
    "no target": ("- target: 0.99", "- displayName: none", 13, r"spec.objectives\[0\]: needs target or targetPercent"),
    "two targets": ("- target: 0.99", "- {target: 0.99, targetPercent: 99}", 13, "only one may stand there"),
    "target of all": ("target: 0.99", "target: 1.0", 13, r"spec.objectives\[0\].target: input should be less than 1"),
    "target as text": ("target: 0.99", "target: most", 13, r"spec.objectives\[0\].target: input should be a valid num"),
    "no objectives": ("  objectives:\n    - target: 0.99\n", "", 5, "spec.objectives: is required"),
    "no indicator": ("  indicatorRef: orders-kept\n", "", 5, "spec: needs indicator or indicatorRef"),
    "a bad duration": ("duration: 4w", "duration: four weeks", 9, r"spec.timeWindow\[0\].duration: is no duration"),
    "two windows": ("isRolling: true", "isRolling: true\n    - {duration: 1w, isRolling: true}", 8, "at most 1 item"),
    "a fixed window without a calendar": ("isRolling: true", "isRolling: false", 9, "needs a calendar"),
    "slices without a target": ("Occurrences", "Timeslices", 5, "needs timeSliceWindow in each objective"),
    "an unknown method": ("Occurrences", "Guesses", 11, "spec.budgetingMethod: input should be 'Occurrences'"),
    "no name": ("  name: orders\n", "  displayName: orders\n", 3, "metadata.name: is required"),
    "a number for a name": ("name: orders", "name: 7", 4, "metadata.name: must be a text"),
    "no kind": ("kind: SLO\n", "", 1, "kind: is required"),
    "an unknown kind": ("kind: SLO", "kind: SLA", 2, "kind: SLA is no kind of object"),
    "no version": ("apiVersion: openslo/v1\n", "", 1, "apiVersion: is required"),
    "v1alpha": ("openslo/v1\n", "openslo/v1alpha\n", 1, "openslo/v1alpha is another version of OpenSLO"),
    "v2alpha": ("openslo/v1\n", "openslo.com/v2alpha\n", 1, "openslo.com/v2alpha is another version of OpenSLO"),
    "nothing of OpenSLO": (SLO, "just a text\n", 1, "is no OpenSLO object"),
    "no YAML": ("kind: SLO", "kind: [SLO", 3, "is not valid YAML"),
    "a key that stands twice": ("kind: SLO", "kind: SLO\nkind: SLO", 3, "second time"),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_rejected_by_path_and_line(
    loader: Loader, write: Write, case: tuple[str, str, int, str]
) -> None:
    before, after, line, reason = case
    assert before in SLO
    write("a.yaml", SLO.replace(before, after))
    loader.load(FEED)
    assert names(loader) == []
    [(file, found, why)] = loader.rejected()
    assert (file, found) == ("openslo/a.yaml", line)
    assert re.search(reason, why), why


def test_a_rejected_object_keeps_its_text_and_harms_no_other(loader: Loader, write: Write) -> None:
    write("a.yaml", f"{service('one')}---\n{service('two').replace('spec', 'specs')}---\n{service('three')}")
    loader.load(FEED)
    assert [name for _, name in names(loader)] == ["one", "three"]
    content = loader.value("select content from raw.rejected_records")
    assert "two" in content
    assert "three" not in content


def test_a_file_is_landed_again_only_when_its_content_changes(loader: Loader, write: Write) -> None:
    first, second = service("one", "As it was."), service("one", "As it is.")
    path = write("a.yaml", first)
    loader.load(FEED)
    loader.load()
    path.touch()
    assert "unchanged" in loader.load().output
    assert len(names(loader)) == 1
    for content in (second, first):
        path.write_text(content)
        loader.load()
    descriptions = loader.query("select object ->> '$.spec.description' from raw.openslo_objects order by _loaded_at")
    assert descriptions == [("As it was.",), ("As it is.",), ("As it was.",)]


def test_a_file_that_goes_is_noted_and_one_that_returns_is_landed(loader: Loader, write: Write) -> None:
    write("a.yaml", service("one"))
    path = write("b.yaml", service("two"))
    loader.load(FEED)
    content, times = path.read_bytes(), path.stat()
    path.unlink()
    loader.load()
    loader.load()
    states = "select _source_file, is_gone, object_count from raw.openslo_files order by _loaded_at, 1"
    assert loader.query(states) == [
        ("openslo/a.yaml", False, 1),
        ("openslo/b.yaml", False, 1),
        ("openslo/b.yaml", True, 0),
    ]
    path.write_bytes(content)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    loader.load()
    assert loader.query(states)[3:] == [("openslo/b.yaml", False, 1)]


def test_no_files_is_an_error_unless_the_feed_is_optional(loader: Loader) -> None:
    assert "no .yaml or .yml file in openslo" in loader.load(FEED, fails=True).output
    assert "yet" in loader.load({**FEED, "optional": True}).output


def test_bytes_that_are_no_text_are_rejected(loader: Loader, write: Write) -> None:
    write("a.yaml", b"kind: \xff\xfe")
    write("b.yaml", b"kind: \x00")
    loader.load(FEED)
    assert [reason.split(":")[0] for _, _, reason in loader.rejected()] == ["is not valid UTF-8", "is not valid YAML"]


@needs_shared_data
def test_every_recorded_file_lands_or_is_rejected_for_its_version_or_its_field(loader: Loader) -> None:
    loader.load({**FEED, "path": str(SHARED / "openslo" / "*.yaml")})
    found = {(Path(file).name, line): reason for file, line, reason in loader.rejected()}
    landed = {
        (Path(file).name, line)
        for file, line in loader.query("select _source_file, line_number from raw.openslo_objects")
    }
    counted = 0
    for path in sorted((SHARED / "openslo").glob("*.yaml")):
        # PyYAML's own reading, and a search for what the file says of itself, are the second way to count.
        objects = []
        for node in yaml.compose_all(path.read_text(), Loader=yaml.SafeLoader):
            items = node.value if isinstance(node, yaml.SequenceNode) else [node]
            objects += [(item.start_mark.line + 1, yaml.serialize(item)) for item in items]
        counted += len(objects)
        for line, text in objects:
            version = re.search(r"apiVersion: (\S+)", text)[1]  # type: ignore[index]
            if version != "openslo/v1":
                assert version in found[path.name, line]
            elif "markdown" in text:
                assert found[path.name, 6] == "spec.markdown: is not a field of OpenSLO v1"
            else:
                assert (path.name, line) in landed
    assert counted == len(found) + len(landed) == 23


def test_postgres_holds_the_same(postgres_loader: Loader) -> None:
    folder = postgres_loader.folder / "openslo"
    folder.mkdir()
    (folder / "a.yaml").write_text(f"{service('one')}---\n{SLO}")
    postgres_loader.load(FEED)
    postgres_loader.load()
    assert names(postgres_loader) == [("openslo/a.yaml", "one"), ("openslo/a.yaml", "orders")]

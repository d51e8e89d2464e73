"""The locks are whole, and a machine without a fitting Python is told so."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from support import ROOT


def name_of(requirement: str) -> str:
    """The normalized name of a requirement."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[=<>~!;\s]", requirement, maxsplit=1)[0]).lower()


LOCKS = ("requirements.lock", "requirements-run.lock")


def locked(lock: str) -> dict[str, str]:
    """Each locked requirement with its hashes, by name."""
    text = (ROOT / lock).read_text().replace("\\\n", " ")
    return {name_of(line): line for line in text.splitlines() if line and not line.startswith((" ", "#"))}


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_is_pinned_with_hashes_and_nothing_says_where_from(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert not re.search(r"https?://|index-url|find-links|\bfile:|@ ", text)
    loose = [name for name, line in locked(lock).items() if "==" not in line or "--hash=sha256:" not in line]
    assert not loose


def test_the_locks_hold_what_the_package_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = {name_of(requirement) for requirement in project["dependencies"]}
    wanted = needed | {name_of(requirement) for requirement in project["optional-dependencies"]["dev"]}
    missing = (wanted - locked(LOCKS[0]).keys()) | (needed - locked(LOCKS[1]).keys())
    assert not missing, f"Run `make lock`: {missing}"


def test_what_runs_is_what_was_tested() -> None:
    tested, run = locked(LOCKS[0]), locked(LOCKS[1])
    assert {name: tested.get(name) for name in run} == run


@pytest.mark.parametrize("version", [None, "3.10.13"])
def test_a_machine_without_a_fitting_python_is_told(tmp_path: Path, version: str | None) -> None:
    for tool in ("bash", "env", "dirname"):
        (tmp_path / tool).symlink_to(shutil.which(tool) or tool)
    if version:
        python = tmp_path / "python3"
        python.write_text(f'#!/bin/bash\n[ "$1" = --version ] && echo "Python {version}" && exit 0\nexit 1\n')
        python.chmod(0o755)
    done = subprocess.run(
        [ROOT / "scripts/environment.sh", tmp_path / "venv"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr
    assert (f"Python {version}" if version else "no python3") in done.stderr
    assert not (tmp_path / "venv").exists()

"""The GitHub Actions workflows are well formed, and run nothing that can change under them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from support import ROOT, run

WORKFLOWS = sorted([*(ROOT / ".github/workflows").glob("*.yml"), *(ROOT / "deploy/github").glob("*.yml")])
ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"


@pytest.fixture(scope="module")
def actionlint(tmp_path_factory: pytest.TempPathFactory) -> str:
    """actionlint from the PATH, or built from its Go module."""
    if found := shutil.which("actionlint"):
        return found
    if not shutil.which("go"):
        pytest.skip("actionlint is not on the PATH, and there is no Go to build it with")
    folder = tmp_path_factory.mktemp("actionlint")
    done = run("go", "install", ACTIONLINT, env={"GOBIN": str(folder), "GOFLAGS": "-mod=mod"})
    if done.returncode != 0:
        pytest.skip(f"actionlint is not on the PATH, and Go could not build it: {done.stdout.strip()[-200:]}")
    return str(folder / "actionlint")


def test_actionlint_finds_nothing(actionlint: str) -> None:
    done = run(actionlint, "-no-color", *WORKFLOWS)
    assert done.returncode == 0, done.stdout


def test_actionlint_finds_a_fault(actionlint: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text(WORKFLOWS[0].read_text().replace("runs-on:", "run-on:"))
    done = run(actionlint, "-no-color", broken)
    assert done.returncode == 1
    assert "run-on" in done.stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_to_a_commit(path: Path) -> None:
    used = re.findall(r"uses: *(\S+) *(.*)", path.read_text())
    assert used
    loose = [action for action, note in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action) or "# v" not in note]
    assert not loose, f"{path.name}: pin these to a commit, with the version as a comment: {loose}"

"""The checks of style run, and can fail."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from support import BIN, ROOT, Workplace, run


def test_the_project_parses_with_every_yaml_key_checked(
    parsed_project: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    done, _ = parsed_project
    assert done.returncode == 0, done.stdout


def test_strict_parse_finds_a_misspelt_key(make_workplace: Callable[..., Workplace]) -> None:
    workplace = make_workplace("misspelt")
    groups = workplace.folder / "models/_groups.yml"
    groups.write_text(groups.read_text() + "models:\n  - name: nothing\n    desciption: A typo.\n")
    done = run(sys.executable, "scripts/strict_parse.py", cwd=workplace.folder)
    assert done.returncode == 1
    assert "desciption" in done.stdout


def lint(tmp_path: Path, sql: str) -> str:
    """What sqlfluff says of a model, with the project's settings and macros."""
    path = tmp_path / "a_model.sql"
    path.write_text(sql)
    return run(BIN / "sqlfluff", "lint", "--config", ROOT / ".sqlfluff", "--nocolor", path).stdout


GOOD = """with events as (

    select * from {{ ref('stg_openlineage__events') }}

),

final as (

    select
        cast({{ surrogate_key(['source_name']) }} as uuid) as source_key,
        cast({{ json_field_text('events.event', ['job', 'name']) }} as text) as job_name
    from events
    {{ json_array_elements('events.inputs', 'input') }}

)

select * from final
"""


def test_the_lint_passes_a_model_in_style(tmp_path: Path) -> None:
    assert "All Finished" in (said := lint(tmp_path, GOOD)), said
    assert "FAIL" not in said, said


def test_the_lint_finds_what_only_one_engine_can_read(tmp_path: Path) -> None:
    said = lint(tmp_path, GOOD.replace("select * from final", "select * from final qualify true"))
    assert "PRS" in said, said


def test_the_lint_finds_faults_of_style(tmp_path: Path) -> None:
    said = lint(tmp_path, GOOD.replace("cast({{ surrogate_key(['source_name']) }} as uuid)", "source_name::text"))
    assert "CV11" in said, said
    assert "CP01" in lint(tmp_path, GOOD.replace("select * from final", "SELECT * from final"))


def test_the_lint_finds_a_macro_that_does_not_exist(tmp_path: Path) -> None:
    said = lint(tmp_path, GOOD.replace("surrogate_key", "surogate_key"))
    assert "TMP" in said, said

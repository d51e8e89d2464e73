"""Thresholds of a team, a tier or a pattern of names reach the rules, and what nothing would heed is refused."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path
from typing import Any

from support import BIN, Workplace, run

DEFAULTS = Path("seeds/audit_thresholds.csv")
OVERRIDES = Path("seeds/audit_threshold_overrides.csv")
RESULTS = "select audit_result_key, verdict, reason, evidence from marts.fct_audit_results order by 1"
BUILD = ("run", "--quiet", "--select", "fct_threshold_overrides", "fct_threshold_overrides+", "dim_audit_rules")


def half(row: dict[str, str]) -> str:
    return f"{float(row['threshold_value']) / 2:g}"


def thresholds(workplace: Workplace) -> list[dict[str, str]]:
    with (workplace.folder / DEFAULTS).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def override(workplace: Workplace, *lines: str) -> None:
    path = workplace.folder / OVERRIDES
    path.write_text("\n".join([path.read_text().splitlines()[0], *lines, ""]))
    workplace.dbt("seed", "--quiet", "--select", OVERRIDES.stem, DEFAULTS.stem)


def results(workplace: Workplace) -> list[dict[str, Any]]:
    workplace.dbt(*BUILD)
    found = workplace.query(RESULTS)
    for row in found:
        row["evidence"] = re.sub(r', "overridden_thresholds": "[^"]*"', "", row["evidence"])
    return found


def test_each_rule_heeds_what_is_overridden_for_all(sample_copy: Workplace, tmp_path: Path) -> None:
    """Half of every threshold for every subject gives what half of every default gives."""
    other = Workplace(tmp_path / "other", sample_copy.target)
    shutil.copytree(sample_copy.folder, other.folder)
    before = sample_copy.query(RESULTS)
    rows = thresholds(sample_copy)
    halved = [{**row, "threshold_value": half(row)} if row["subject_type"] else row for row in rows]
    with (other.folder / DEFAULTS).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(halved)
    override(other)
    wanted = results(other)
    override(
        sample_copy,
        *(f"{row['rule_id']},{row['threshold_name']},,,%,{half(row)},half" for row in rows if row["subject_type"]),
    )
    found = results(sample_copy)
    assert found == wanted
    assert found != before, "Half of each number makes a difference."
    assert sample_copy.query("select 1 from marts.fct_audit_results where evidence like '%overridden_thresholds%'")


def test_what_nothing_would_heed_is_refused(sample_copy: Workplace) -> None:
    scopes = "one of team_name, tier and subject_pattern says whom it is for, and no two of them"
    refused = {
        "XX01,window_days,,,a%,1,r": "XX01 window_days for a%: there is no such rule",
        "AL02,nothing,,,a%,1,r": "AL02 nothing for a%: the rule has no such threshold",
        "AL02,open_days,,,a%,1,r": "AL02 open_days for a%: this threshold holds for the whole platform",
        "AL02,window_days,,1,a%,1,r": f"AL02 window_days for tier 1: {scopes}",
        "AL02,window_days,,,,1,r": f"AL02 window_days for nobody: {scopes}",
        "AL02,window_days,elves,,,1,r": "AL02 window_days for team elves: there is no such team",
        "AL04,window_days,,1,,1,r": "AL04 window_days for tier 1: alert rules have no tier",
        "AL03,window_days,,,b%,1,r\nAL03,window_days,,,b%,2,r": "AL03 window_days for b%: this stands there more than",
    }
    heeded = ["AL02,window_days,,,c%,1,r", "AL02,window_days,,2,,1,r", "AL03,window_days,,,a%,1,r"]
    override(sample_copy, *refused, *heeded)
    command = (BIN / "dbt", "test", "--select", "assert_threshold_overrides_are_heeded")
    done = run(*command, cwd=sample_copy.folder, env={"PLUMBLINE_PROJECT_DIR": str(sample_copy.folder)})
    assert done.returncode != 0
    told = done.stdout[done.stdout.index(f"{OVERRIDES}: ") :]
    for problem in refused.values():
        assert problem in told
    assert not [line for line in ("for c%", "for tier 2", "AL03 window_days for a%") if line in told]
    override(sample_copy, *heeded)
    sample_copy.dbt(*map(str, command[1:]))

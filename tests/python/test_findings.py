"""What `plumbline findings` shows of fct_findings, and how `plumbline audit` ends."""

from __future__ import annotations

import csv
import io
import json
import os

import duckdb
import pytest

from loading import Loader
from plumbline.exit_codes import ExitCode
from plumbline.run import Run

COLUMNS = (
    "finding_key rule_id rule_name severity subject_type subject_name source_name team status opened_at first_seen_at "
    "closed_at judged_at verdict_now reason evidence runbook waiver_reason waiver_owner waiver_expires_on worsened_at "
    "reopened_at reopened_count explained_by_finding_key explained_finding_count downstream_dataset_count "
    "downstream_team_count service_level_count exposure_count finding_rank"
).split()
NONE = {**dict.fromkeys(COLUMNS, "null"), "reopened_count": "0", "explained_finding_count": "0"}
OPEN = {
    "finding_key": "uuid 'cccccccc-0000-0000-0000-000000000001'",
    **{"rule_id": "'OW01'", "rule_name": "'No owner'", "severity": "'low'", "status": "'open'"},
    **{"subject_type": "'pipeline'", "subject_name": "'orders'", "source_name": "'prod'"},
    **{"opened_at": "timestamp '2026-03-01 05:00:00'", "first_seen_at": "timestamp '2026-03-02 06:00:00'"},
    **{"judged_at": "timestamp '2026-03-09 00:00:00'", "verdict_now": "'finding'"},
    **{"reason": "'Nobody owns its 3 tasks.'", "evidence": """'{"tasks": 3, "owner": null}'"""},
    **{"runbook": "'docs/runbooks/OW01-no-owner.md'", "finding_rank": "3"},
}
WAIVED = {
    "finding_key": "uuid 'aaaaaaaa-0000-0000-0000-000000000002'",
    **{"rule_id": "'AL01'", "rule_name": "'No failure alerting'", "severity": "'high'", "status": "'waived'"},
    **{"subject_type": "'task'", "subject_name": "'orders.load|x'", "source_name": "'prod'", "team": "'sales'"},
    **{"opened_at": "timestamp '2026-03-03 05:00:00'", "first_seen_at": "timestamp '2026-03-04 00:00:00'"},
    **{"reason": "'nobody\nis told'", "waiver_reason": "'on purpose'", "waiver_owner": "'ann'"},
    **{"waiver_expires_on": "date '2026-06-01'", "finding_rank": "2"},
}
CLOSED = {
    "finding_key": "uuid 'aaaaaaaa-0000-0000-0000-000000000003'",
    **{"rule_id": "'SI02'", "rule_name": "'Green run'", "severity": "'critical'", "status": "'closed'"},
    **{"subject_type": "'pipeline'", "subject_name": "'gone'", "source_name": "'prod'", "team": "'sales'"},
    **{"opened_at": "timestamp '2026-03-02 06:00:00'", "first_seen_at": "timestamp '2026-03-02 06:00:00'"},
    **{"closed_at": "timestamp '2026-03-09 00:00:00'", "reason": "'It hid failed work.'"},
    "finding_rank": "1",
}
CAUSE = {
    **OPEN,
    "finding_key": "uuid 'dddddddd-0000-0000-0000-000000000004'",
    **{"rule_id": "'SI01'", "rule_name": "'Success with zero rows'", "severity": "'high'", "subject_name": "'raw'"},
    **{"explained_finding_count": "1", "downstream_dataset_count": "1200", "downstream_team_count": "2"},
    **{"service_level_count": "1", "exposure_count": "0", "finding_rank": "1"},
    **{"worsened_at": "timestamp '2026-03-03 00:00:00'", "reopened_at": "timestamp '2026-03-04 00:00:00'"},
}
EFFECT = {
    **OPEN,
    "finding_key": "uuid 'eeeeeeee-0000-0000-0000-000000000005'",
    **{"rule_id": "'FR01'", "rule_name": "'Freshness breach'", "severity": "'critical'", "subject_name": "'mart'"},
    **{"explained_by_finding_key": CAUSE["finding_key"], "finding_rank": "1"},
}


def fill(*findings: dict[str, str], waivers: tuple[str, ...] = ()) -> None:
    """Makes the two marts that the command reads."""
    with duckdb.connect(os.environ["PLUMBLINE_DUCKDB_PATH"]) as con:
        con.execute("create schema marts")
        values = ", ".join(f"({', '.join({**NONE, **row}.values())})" for row in findings)
        con.execute(f"create table marts.fct_findings as select * from (values {values}) as t ({', '.join(COLUMNS)})")
        con.execute(
            "create table marts.fct_audit_waivers (rule_id text, subject_pattern text, source_name text, owner text, "
            "expires_on date, finding_count bigint, state text)"
        )
        for waiver in waivers:
            con.execute(f"insert into marts.fct_audit_waivers values ({waiver})")


@pytest.fixture
def found(loader: Loader) -> Loader:
    """A warehouse with an open finding, a waived one, and a closed one."""
    fill(OPEN, WAIVED, CLOSED)
    return loader


@pytest.fixture
def explained(loader: Loader) -> Loader:
    """A warehouse with a finding that explains another, and one beside them."""
    fill(OPEN, CAUSE, EFFECT)
    return loader


def names(loader: Loader, *options: str) -> list[str]:
    done = loader.run("findings", "--format", "json", *options)
    assert done.code == 0, done.output
    return [finding["subject_name"] for finding in json.loads(done.output)]


def test_they_say_what_to_do_when_there_are_none(loader: Loader) -> None:
    assert "run 'plumbline load' and 'dbt build' first" in loader.run("findings").output
    (loader.folder / "plumbline.yml").write_text("feeds: []\n")
    loader.load()
    done = loader.run("findings")
    assert (done.code, "run 'dbt build' first" in done.output) == (2, True)


def test_the_table_has_what_to_mend_first_and_no_closed_one(found: Loader) -> None:
    done = found.run("findings")
    assert done.code == 0
    printed = [line.split() for line in done.output.splitlines() if line]
    assert [line[:2] for line in printed[:3]] == [["id", "rule"], ["aaaaaaaa", "AL01"], ["cccccccc", "OW01"]]
    assert "its 3 tasks" in done.output
    assert "gone" not in done.output
    assert "2 findings are open or waived." in done.output
    assert f"Warehouse: {os.environ['PLUMBLINE_DUCKDB_PATH']}" in done.output


def test_they_are_filtered_by_team_rule_severity_and_time(found: Loader) -> None:
    assert names(found) == ["orders.load|x", "orders"]
    assert names(found, "--closed") == ["gone", "orders.load|x", "orders"]
    assert names(found, "--team", "sales") == ["orders.load|x"]
    assert names(found, "--team", "") == ["orders"]
    assert names(found, "--team", "", "--team", "sales") == ["orders.load|x", "orders"]
    assert names(found, "--rule", "ow01") == ["orders"]
    assert names(found, "--severity", "high", "--closed") == ["gone", "orders.load|x"]
    assert names(found, "--since", "2026-03-04") == ["orders.load|x"]
    assert names(found, "--since", "2026-03-04T00:00:01") == []


def test_json_has_the_evidence_as_an_object(found: Loader) -> None:
    (one,) = json.loads(found.run("findings", "--format", "json", "--rule", "OW01").output)
    assert list(one) == COLUMNS
    assert one["evidence"] == {"tasks": 3, "owner": None}
    assert (one["opened_at"], one["closed_at"]) == ("2026-03-01T05:00:00", None)


def test_csv_keeps_lines_and_quotes(found: Loader) -> None:
    rows = list(csv.DictReader(io.StringIO(found.run("findings", "--format", "csv").output)))
    assert [row["reason"] for row in rows] == ["nobody\nis told", "Nobody owns its 3 tasks."]
    assert rows[0]["waiver_expires_on"] == "2026-06-01"


def test_markdown_keeps_a_finding_in_its_row(found: Loader) -> None:
    lines = found.run("findings", "--format", "markdown").output.splitlines()
    assert lines[2:] == [
        "| AL01 | high | orders.load&#124;x | sales | nobody is told |",
        "| OW01 | low | orders | | Nobody owns its 3 tasks. |",
    ]


def test_a_long_subject_cuts_no_reason(loader: Loader) -> None:
    reason = " ".join(f"word{number}" for number in range(40))
    names = {"subject_name": f"'{'postgres://wh.internal:5432/' * 3}'", "team": "'customers-and-more'"}
    fill({**OPEN, **names, "reason": f"'{reason}'", "explained_finding_count": "2"})
    printed = loader.run("findings").output
    assert [word for word in reason.split() if word not in printed.split()] == []


def test_a_short_list_says_how_many_more_there_are(found: Loader) -> None:
    printed = found.run("findings", "--top", "1").output
    assert "AL01" in printed
    assert "OW01" not in printed
    assert "2 findings are open or waived.\n1 more: 'plumbline findings' prints them all.\n" in printed
    assert "more:" not in found.run("findings", "--top", "2").output
    lines = found.run("findings", "--format", "markdown", "--top", "1").output.splitlines()
    assert [line[:6] for line in lines[2:]] == ["| AL01", "", "1 more"]
    assert "more" not in found.run("findings", "--format", "markdown", "--top", "2").output
    assert names(found, "--top", "1") == ["orders.load|x"]
    assert found.run("findings", "--top", "0").code == 2


def test_a_short_list_leaves_what_follows_from_others_out_of_its_count(explained: Loader) -> None:
    printed = explained.run("findings", "--top", "1").output
    assert "1 of them follow from others: --all shows them.\n1 more: " in printed


def test_the_story_of_one_has_its_evidence_and_its_runbook(found: Loader) -> None:
    story = found.run("findings", "--explain", "CCCC").output
    assert "OW01 No owner: pipeline orders" in story
    assert "since     2026-03-01 05:00:00 UTC, first seen 2026-03-02 06:00:00 UTC" in story
    assert "\n  tasks: 3\n" in story
    assert "# OW01 No owner" in story
    key = "aaaaaaaa-0000-0000-0000-00000000000"
    assert "waived until 2026-06-01 by ann: on purpose" in found.run("findings", "--explain", f"{key}2").output
    assert "closed 2026-03-09 00:00:00 UTC" in found.run("findings", "--explain", f"{key}3").output


def test_one_cause_is_one_headline(explained: Loader) -> None:
    printed = explained.run("findings").output
    lines = [line.split() for line in printed.splitlines() if line]
    assert [line[:2] for line in lines[1:3]] == [["dddddddd", "SI01"], ["cccccccc", "OW01"]]
    assert "explains" in lines[0]
    assert "3 findings are open or waived. 1 of them follow from others: --all shows them." in printed
    whole = explained.run("findings", "--all").output
    assert "eeeeeeee" in whole
    assert "3 findings are open or waived.\n" in whole
    for form, shown in (("markdown", 2), ("csv", 3), ("json", 3)):
        printed = explained.run("findings", "--format", form).output
        assert sum(word in printed for word in ("SI01", "FR01", "OW01")) == shown, form
    assert "FR01" in explained.run("findings", "--format", "markdown", "--all").output


def test_what_follows_from_a_finding_that_is_not_shown_is_shown(explained: Loader) -> None:
    printed = explained.run("findings", "--severity", "critical").output
    assert "eeeeeeee" in printed
    assert "1 findings are open or waived.\n" in printed


def test_the_story_tells_of_causes_both_ways_and_of_what_is_hit(explained: Loader) -> None:
    of_cause = explained.run("findings", "--explain", "dddd").output
    assert "explains  eeeeeeee FR01 Freshness breach: mart\n" in of_cause
    assert "hit       1,200 datasets downstream, 2 teams, 1 service levels, 0 exposures\n" in of_cause
    assert "reopened  2026-03-04 00:00:00 UTC\n" in of_cause
    assert "graver    since 2026-03-03 00:00:00 UTC\n" in of_cause
    of_effect = explained.run("findings", "--explain", "eeee").output
    assert "cause     dddddddd SI01 Success with zero rows: raw\n" in of_effect
    assert "hit       cannot be told\n" in of_effect
    assert not any(line.startswith(("explains", "reopened", "graver")) for line in of_effect.splitlines())


def test_waivers_that_have_expired_are_told(loader: Loader) -> None:
    fill(
        OPEN,
        waivers=(
            "'AL01', 'shop%', '*', 'ann', date '2026-02-01', 1, 'expired'",
            "'AL02', 'x', '*', 'ben', date '2026-09-01', 1, 'in force'",
            "'SI01', 'y', '*', 'cy', date '2026-01-01', 0, 'renewed'",
        ),
    )
    printed = loader.run("findings").output
    assert "Expired on 2026-02-01: the waiver of AL01 for shop% by ann, of 1 finding now.\n" in printed
    assert printed.count("Expired on") == 1
    assert len(json.loads(loader.run("findings", "--format", "json").output)) == 1


def test_an_id_must_be_of_one_finding(found: Loader) -> None:
    done = found.run("findings", "--explain", "aaaa")
    assert (done.code, "several findings have an id that begins with 'aaaa'" in done.output) == (2, True)
    done = found.run("findings", "--explain", "dddd")
    assert (done.code, "no finding has an id that begins with 'dddd'" in done.output) == (2, True)
    assert found.run("findings", "--explain", " ").code == 2


@pytest.mark.parametrize(("fail_on", "code"), [([], 0), (["low"], 6), (["medium"], 0), (["nothing"], 0)])
def test_an_audit_ends_by_the_gravest_open_finding(
    found: Loader, monkeypatch: pytest.MonkeyPatch, fail_on: list[str], code: int
) -> None:
    (found.folder / "plumbline.yml").write_text("feeds: []\n")
    monkeypatch.setattr(Run, "__call__", lambda _: ExitCode.OK)
    done = found.run("audit", *(["--fail-on", *fail_on] if fail_on else []))
    assert (done.code, "2 findings are open or waived." in done.output) == (code, True), done.output


def test_an_audit_that_could_not_build_says_nothing_of_findings(found: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    (found.folder / "plumbline.yml").write_text("feeds: []\n")
    monkeypatch.setattr(Run, "__call__", lambda _: ExitCode.BUILD_FAILED)
    done = found.run("audit", "--fail-on", "low")
    assert (done.code, "findings" in done.output) == (3, False)

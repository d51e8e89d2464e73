"""How soon the audit finds a fault, and how many findings are new in a week: platforms that are built day by day."""

from __future__ import annotations

import datetime
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from audit_platforms import START, Key, Platform, key_of, moment

DAY = 86400.0


@dataclass
class Daily:
    """What daily builds showed."""

    delays: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """By rule: how many intervals of its pipeline went by until a fault that began meanwhile was a finding."""
    unfound: Counter[str] = field(default_factory=Counter)
    """By rule: faults that began meanwhile, and were no finding in any build."""
    new: Counter[str] = field(default_factory=Counter)
    """By rule: findings that were not there in the first build."""
    of_teams: list[int] = field(default_factory=list)
    """New findings of each team in each week."""
    pipeline_weeks: float = 0.0

    def add(self, other: Daily) -> None:
        """Adds what the daily builds of another platform showed."""
        for rule, delays in other.delays.items():
            self.delays[rule] += delays
        self.unfound.update(other.unfound)
        self.new.update(other.new)
        self.of_teams += other.of_teams
        self.pipeline_weeks += other.pipeline_weeks


def measure_days(platform: Platform, builds: int, daily: Daily) -> None:
    """Builds a platform on each of its last days, and adds what is seen; its warehouse stays as on the last one."""
    end = START + datetime.timedelta(days=platform.days)
    first_seen: dict[Key, datetime.datetime] = {}
    opened: dict[str, tuple[int, str, str]] = {}
    first = end - datetime.timedelta(days=builds)
    for number in range(builds + 1):
        at = first + datetime.timedelta(days=number)
        platform.build(at)
        for key in platform.findings():
            first_seen.setdefault(key, at)
        for finding, rule, team in _open_findings(platform):
            opened.setdefault(finding, (number, rule, team))
        print(f"seed {platform.seed} built on {at.date()}", file=sys.stderr, flush=True)
    intervals = _intervals(platform)
    for truth in platform.truths:
        key, begun = key_of(truth), moment(truth["planted_at"])
        if truth["look_alike"] or truth["origin"] != "planted" or not first <= begun < end:
            continue
        if key not in first_seen:
            daily.unfound[key[0]] += 1
        elif first_seen[key] > first:
            seconds = (first_seen[key] - begun).total_seconds()
            daily.delays[key[0]].append(seconds / intervals.get(key, DAY))
    _count_new(platform, builds, list(opened.values()), daily)


def _open_findings(platform: Platform) -> list[tuple[str, str, str]]:
    rows = platform.query(
        "select finding_key, rule_id, coalesce(team, 'nobody') from marts.fct_findings where status = 'open'"
    )
    return [(str(finding), rule, team) for finding, rule, team in rows]


def _intervals(platform: Platform) -> dict[Key, float]:
    """Returns how far apart the runs of the pipeline are that a finding is about; of others nothing is known."""
    rows = platform.query("""
        with instants as (
            select distinct pipeline_key, scheduled_at from marts.fct_pipeline_runs where scheduled_at is not null
        ),
        gaps as (
            select pipeline_key, scheduled_at - lag(scheduled_at) over (
                partition by pipeline_key order by scheduled_at
            ) as gap
            from instants
        ),
        intervals as (
            select pipeline_key, median(epoch(gap)) as seconds from gaps where gap is not null group by 1
        ),
        writers as (
            select dataset_key, min(pipeline_key) as pipeline_key from marts.fct_dataset_writes group by 1
        )
        select results.rule_id, results.subject_name, intervals.seconds
        from marts.fct_audit_results as results
        left join writers on results.dataset_key = writers.dataset_key
        inner join intervals
            on intervals.pipeline_key = case
                when results.pipeline_key in (select pipeline_key from intervals) then results.pipeline_key
                else writers.pipeline_key
            end
    """)
    return {(rule, subject): float(seconds) for rule, subject, seconds in rows}


def _count_new(platform: Platform, builds: int, opened: list[tuple[int, str, str]], daily: Daily) -> None:
    """Counts what later builds had opened; a team without any has none."""
    new = [(number, rule, team) for number, rule, team in opened if number > 0]
    daily.new.update(rule for _, rule, _ in new)
    teams = {name for (name,) in platform.query("select team_name from marts.dim_teams where not is_unknown")}
    by_week = Counter((team, (number - 1) // 7) for number, _, team in new)
    weeks = max(1, round(builds / 7))
    daily.of_teams += list(by_week.values())
    daily.of_teams += [0] * max(0, (len(teams) + 1) * weeks - len(by_week))
    daily.pipeline_weeks += platform.pipelines * builds / 7

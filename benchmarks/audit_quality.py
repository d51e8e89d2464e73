"""Measure how often and how soon the audit is right, on simulated platforms whose faults are known.

For each seed: `plumbline simulate`, a load and a build without tests in a copy of the project that has the platform's
registry, and the verdicts of fct_audit_results held against truth.json. The first seeds are built on each of their last
days, one after the other in the same warehouse; some are built once more as they are without any fault.

planted    faults that lie in the time that the rule looks at (its threshold window_days, else the last day), but those
           that ended in its first week
found      those of them that are a finding; waived ones are none
missed     those that are not
findings   all that there are at the end
false      those on subjects that have no such fault in that time, planted or as a consequence; look-alikes are those
           of them that were planted to deceive
delay      intervals of the subject's pipeline, a day where it has none, from the beginning of a fault that began in
           the time of the daily builds to the first build that had the finding: the median, and the longest
new        findings that daily builds had and the first of them had not
well       findings that platforms have that are well but for chance

Prints tables, and with --publish writes them to docs/audit-quality.md.
"""

from __future__ import annotations

import argparse
import datetime
import os
import statistics
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

from audit_delays import Daily, measure_days
from audit_platforms import MARGIN, PROJECT, START, Key, Platform, copy_of_project, key_of, lasts_into, windows

PAGE = PROJECT / "docs" / "audit-quality.md"


@dataclass
class Tally:
    """What became of one rule's faults and findings."""

    planted: int = 0
    found: int = 0
    findings: int = 0
    false: int = 0
    look_alikes: int = 0
    well: int = 0

    def add(self, other: Tally) -> None:
        """Adds what became of another platform's."""
        self.planted += other.planted
        self.found += other.found
        self.findings += other.findings
        self.false += other.false
        self.look_alikes += other.look_alikes
        self.well += other.well

    @property
    def recall(self) -> float | None:
        """The share of faults that were found; None where none was planted."""
        return self.found / self.planted if self.planted else None

    @property
    def precision(self) -> float | None:
        """The share of findings that are right; None where there is none."""
        return 1 - self.false / self.findings if self.findings else None


Tallies = dict[str, Tally]


@dataclass
class Seen:
    """What the platforms of a seed showed, or those of several."""

    tallies: Tallies = field(default_factory=lambda: defaultdict(Tally))
    daily: Daily = field(default_factory=Daily)
    wrong: list[str] = field(default_factory=list)
    """A line for each verdict that is wrong."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(241, 261)))
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--pipelines", type=int, default=60)
    parser.add_argument("--daily-seeds", type=int, default=2, help="how many of the seeds are built day by day")
    parser.add_argument("--daily-days", type=int, default=28, help="on how many of their last days")
    parser.add_argument("--well-seeds", type=int, default=2, help="how many of the seeds are built without faults too")
    parser.add_argument(
        "--at-once", type=int, default=os.cpu_count() or 1, help="how many seeds are built side by side"
    )
    parser.add_argument("--publish", action="store_true", help=f"write {PAGE.relative_to(PROJECT)}")
    parser.add_argument("--details", action="store_true", help="name what was missed, and what is false")
    arguments = parser.parse_args()
    seen = Seen()
    with (
        tempfile.TemporaryDirectory(prefix="plumbline_quality_") as folder,
        ThreadPoolExecutor(arguments.at_once) as pool,
    ):
        projects: SimpleQueue[Path] = SimpleQueue()
        for number in range(arguments.at_once):
            projects.put(copy_of_project(Path(folder) / str(number) / "project"))
        jobs = [pool.submit(measure, projects, number, arguments) for number in range(len(arguments.seeds))]
        for job in jobs:
            try:
                of_seed = job.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
            for rule, tally in of_seed.tallies.items():
                seen.tallies[rule].add(tally)
            seen.daily.add(of_seed.daily)
            for line in of_seed.wrong if arguments.details else ():
                print(line, flush=True)
    text = page(seen.tallies, seen.daily, arguments)
    print(text)
    if arguments.publish:
        PAGE.write_text(text, encoding="utf-8")


def measure(projects: SimpleQueue[Path], number: int, arguments: argparse.Namespace) -> Seen:
    """Builds and judges the platforms of a seed in a copy of the project that no other seed uses meanwhile."""
    project = projects.get()
    try:
        return measure_in(project, number, arguments)
    finally:
        # A seed that fails must not keep the others waiting.
        projects.put(project)


def measure_in(project: Path, number: int, arguments: argparse.Namespace) -> Seen:
    """Builds and judges the platforms of a seed in this copy of the project."""
    seen, seed = Seen(), arguments.seeds[number]
    end = START + datetime.timedelta(days=arguments.days)
    platform = Platform(project, seed, arguments.days, arguments.pipelines)
    if number < arguments.daily_seeds:
        measure_days(platform, arguments.daily_days, seen.daily)
    else:
        platform.build(end)
    seen.wrong += [f"  seed {seed}: {line}" for line in judge(platform, end, seen.tallies)]
    platform.remove()
    if number < arguments.well_seeds:
        well = Platform(project, seed, arguments.days, arguments.pipelines, has_faults=False)
        well.build(end)
        seen.wrong += [f"  seed {seed}: {line}" for line in count_well(well, seen.tallies)]
        well.remove()
    print(f"seed {seed} judged", file=sys.stderr, flush=True)
    return seen


def judge(platform: Platform, until: datetime.datetime, tallies: Tallies) -> list[str]:
    """Adds a platform's verdicts to the tallies; returns a line for each that is wrong."""
    days = windows()
    rules = {row[0] for row in platform.query("select rule_id from marts.dim_audit_rules where rule_id <> 'unknown'")}
    findings = platform.findings()
    bad = [truth for truth in platform.truths if truth["rule_id"] in rules and not truth["look_alike"]]
    lasting = [truth for truth in bad if lasts_into(truth, until, days)]
    # A rule may judge the pipeline whose runs are bad.
    faults = {key_of(truth) for truth in lasting} | {
        (truth["rule_id"], truth["subject_name"].split("/")[0]) for truth in lasting if truth["subject_type"] == "run"
    }
    look_alikes = {key_of(truth) for truth in platform.truths if truth["look_alike"]}
    planted: dict[Key, str] = {
        key_of(truth): truth["explanation"]
        for truth in bad
        if truth["origin"] == "planted" and lasts_into(truth, until, days, MARGIN)
    }
    wrong = []
    for key, explanation in sorted(planted.items()):
        tallies[key[0]].planted += 1
        tallies[key[0]].found += key in findings
        wrong += [] if key in findings else [f"{key[0]} missed {key[1]}: {explanation}"]
    for key, reason in sorted(findings.items()):
        tallies[key[0]].findings += 1
        if key not in faults:
            tallies[key[0]].false += 1
            tallies[key[0]].look_alikes += key in look_alikes
            wrong.append(f"{key[0]} false {key[1]}: {reason}")
    return wrong


def count_well(platform: Platform, tallies: Tallies) -> list[str]:
    """Counts the findings of a platform without faults; returns a line for each that chance does not explain."""
    findings = platform.findings()
    for rule, _ in findings:
        tallies[rule].well += 1
    by_chance = {key_of(truth) for truth in platform.truths}
    return [
        f"{key[0]} on a well platform {key[1]}: {why}" for key, why in sorted(findings.items()) if key not in by_chance
    ]


def page(tallies: Tallies, daily: Daily, arguments: argparse.Namespace) -> str:
    """Returns the page."""
    daily_seeds = arguments.seeds[: arguments.daily_seeds]
    well_seeds = arguments.seeds[: arguments.well_seeds]
    per_week = 100 / daily.pipeline_weeks if daily.pipeline_weeks else 0.0
    of_well = 100 / (arguments.pipelines * len(well_seeds)) if well_seeds else 0.0
    head = "rule planted found missed findings false look-alikes recall precision delay new well".split()
    lines = [
        f"| {' | '.join(head)} |",
        f"|---{'|---:' * (len(head) - 1)}|",
        *(row(rule, tally, daily, per_week, of_well) for rule, tally in sorted(tallies.items())),
    ]
    total = Counter(dict.fromkeys(tallies, 0))
    total.update(daily.new)
    of_teams = daily.of_teams or [0]
    return f"""# How often the audit is right

Made by `python benchmarks/audit_quality.py --publish`, never by hand. Platforms of
[`plumbline simulate`](simulate.md) with planted faults and look-alikes, {arguments.pipelines} pipelines and
{arguments.days} days each, judged at their end: seeds {listed(arguments.seeds)}. The rules were written without them.

{chr(10).join(lines)}

- Planted are the faults that lie in the time that a rule looks at, but those that ended in its first week; found, those
  that are a finding.
- False are findings on subjects that have no such fault, planted or as a consequence; look-alikes, those of them that
  were planted to deceive.
- Recall should be 0.98 or more, and precision 0.95. Of a rule with fewer than 50 faults a single one that is missed is
  below, and of one with fewer than 20 findings a single false one.
- Delay: intervals of the subject's pipeline (a day, where it has none) from the beginning of a fault to the first build
  that had the finding: the median, and the longest. Seeds {listed(daily_seeds)}, built on each of their last
  {arguments.daily_days} days, and faults that began in these; in brackets those that no build had found by their end.
- New: new findings a week for 100 pipelines in these builds, as many as faults make them.
- Well: findings for 100 pipelines at the end of platforms without any planted fault; seeds {listed(well_seeds)}.

In these builds a team had {statistics.fmean(of_teams):.1f} new findings a week on average and {max(of_teams)} at most;
for 100 pipelines there were {sum(total.values()) * per_week:.1f} a week. What a rule cannot see is on its
[runbook](runbooks/).
"""


def row(rule: str, tally: Tally, daily: Daily, per_week: float, of_well: float) -> str:
    """Returns the line of a rule."""
    delays, unfound = daily.delays[rule], daily.unfound[rule]
    delay = f"{statistics.median(delays):.1f}, {max(delays):.1f}" if delays else "-"
    cells = (
        rule,
        tally.planted,
        tally.found,
        tally.planted - tally.found,
        tally.findings,
        tally.false,
        tally.look_alikes,
        share(tally.recall),
        share(tally.precision),
        f"{delay} ({unfound})" if unfound else delay,
        f"{daily.new[rule] * per_week:.1f}",
        f"{tally.well * of_well:.1f}",
    )
    return f"| {' | '.join(map(str, cells))} |"


def listed(seeds: list[int]) -> str:
    """Returns seeds in words; a run of them by its ends."""
    if len(seeds) > 2 and seeds == list(range(seeds[0], seeds[-1] + 1)):
        return f"{seeds[0]} to {seeds[-1]}"
    return ", ".join(map(str, seeds)) or "none"


def share(value: float | None) -> str:
    """Returns a share with two digits, or a dash."""
    return "-" if value is None else f"{value:.2f}"


if __name__ == "__main__":
    main()

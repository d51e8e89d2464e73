"""Kills `plumbline run` at random moments of load and of build, and compares the marts with an undisturbed run.

    python benchmarks/kills.py --kills 60                    # DuckDB
    python benchmarks/kills.py --kills 40 --target prod      # PostgreSQL, an empty database named by PLUMBLINE_PG_*

The metadata comes in parts, one more every few kills, so that increments are killed as well as first builds. It
ends with exit code 1 when a mart differs, when a raw table holds something twice or not at all, or when a run that
nobody killed fails.
"""

from __future__ import annotations

import collections
import gzip
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any

import click
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "python"))

from killing import events_of, public_marts, random_moment, run_until
from support import AS_BUILDS_SAW_THEM, LEFT_OUT, ROOT, Workplace, run
from test_build_sample import differences, keys_of

FEEDS = [
    {"kind": "airflow", "name": "airflow", "url": "sample/airflow"},
    {"kind": "openlineage", "name": "lineage", "path": "delivered/*.ndjson"},
    {"kind": "dbt", "name": "warehouse", "path": "delivered/dbt/*/"},
]


class Deliveries:
    """The sample's events and artifacts in parts."""

    def __init__(self, parts: int, random: Random) -> None:
        events = [
            line
            for path in sorted((ROOT / "sample" / "openlineage").glob("*.gz"))
            for line in gzip.decompress(path.read_bytes()).splitlines(keepends=True)
        ]
        artifacts: list[Any] = sorted((ROOT / "sample" / "dbt").iterdir())
        random.shuffle(events)
        random.shuffle(artifacts)
        self._parts = [(events[part::parts], artifacts[part::parts]) for part in range(parts)]
        self.number = 0

    def next(self, folder: Path) -> None:
        """Deliver the next part: events to a log that grows, artifacts to folders of their own."""
        events, artifacts = self._parts[self.number]
        self.number += 1
        (folder / "delivered" / "dbt").mkdir(parents=True, exist_ok=True)
        with (folder / "delivered" / "events.ndjson").open("ab") as log:
            log.writelines(events)
        for artifact in artifacts:
            shutil.copytree(artifact, folder / "delivered" / "dbt" / artifact.name)

    def rest(self, folder: Path) -> None:
        """Deliver all that is left."""
        while self.number < len(self._parts):
            self.next(folder)


def workplace_in(folder: Path, target: str, prefix: str) -> Workplace:
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    (folder / "plumbline.yml").write_text(yaml.safe_dump({"feeds": FEEDS}))
    settings = {name: value for name, value in os.environ.items() if name.startswith("PLUMBLINE_PG_")}
    return Workplace(folder, target, {**settings, "PLUMBLINE_SCHEMA_PREFIX": prefix})


def rows(workplace: Workplace, node: dict[str, Any]) -> list[dict[str, Any]]:
    prefix = workplace.env["PLUMBLINE_SCHEMA_PREFIX"]
    return workplace.query(f"select * from {prefix}{node['schema']}.{node['alias']}")


def counts(workplace: Workplace) -> list[dict[str, Any]]:
    raw = f"{workplace.env['PLUMBLINE_SCHEMA_PREFIX']}raw"
    return workplace.query(
        f"select 'events' as what, count(*) as rows, count(distinct event_md5) as kinds from {raw}.openlineage_events "
        f"union all select 'results', count(*), count(distinct result) from {raw}.dbt_run_results "
        f"union all select 'tries', count(*), count(distinct id) from {raw}.airflow_task_instance order by 1"
    )


@click.command()
@click.option("--kills", default=100, show_default=True)
@click.option("--parts", default=10, show_default=True, help="In how many parts the metadata comes.")
@click.option("--seed", default=1, show_default=True)
@click.option("--target", type=click.Choice(["dev", "prod"]), default="dev", show_default=True)
def main(kills: int, parts: int, seed: int, target: str) -> None:
    random = Random(seed)
    with tempfile.TemporaryDirectory(prefix="plumbline-kills-") as scratch:
        parsed = run(sys.executable, "scripts/strict_parse.py", "--target-path", f"{scratch}/parsed")
        if parsed.returncode != 0:
            raise click.ClickException(parsed.stdout)
        manifest = json.loads(Path(scratch, "parsed", "manifest.json").read_text())
        events = events_of(manifest)
        killed = workplace_in(Path(scratch, "killed"), target, "killed_")
        deliveries = Deliveries(parts, random)
        done: collections.Counter[str] = collections.Counter()
        codes: collections.Counter[str] = collections.Counter()
        began = time.monotonic()
        while done.total() < kills:
            if done.total() * parts >= deliveries.number * kills:
                deliveries.next(killed.folder)
            step = random.choice(["load", "build"])
            moment = random_moment(random, step, events[step])
            ended = run_until(killed, moment)
            codes[
                f"{moment.whom} killed: exit code {ended.code}" if ended.is_killed else f"exit code {ended.code}"
            ] += 1
            done.update({step: 1} if ended.is_killed else {})
            click.echo(f"{time.monotonic() - began:7.0f} s  {done.total():4}  {moment}  {ended.code}", err=True)
            if not ended.is_killed and ended.code != 0:
                raise click.ClickException(f"a run that nobody killed failed: {ended.events[-5:]}")
        deliveries.rest(killed.folder)
        last = run_until(killed, None)
        if last.code != 0:
            raise click.ClickException(f"the last run failed: {last.events[-5:]}")
        calm = workplace_in(Path(scratch, "calm"), target, "calm_")
        Deliveries(1, Random(seed)).rest(calm.folder)
        calm_run = run_until(calm, None)
        if calm_run.code != 0:
            raise click.ClickException(f"the undisturbed run failed: {calm_run.events[-5:]}")
        keys = keys_of(manifest)
        found = [] if counts(killed) == counts(calm) else [f"raw: {counts(killed)} instead of {counts(calm)}"]
        compared = [node for node in public_marts(manifest) if node["name"] not in AS_BUILDS_SAW_THEM]
        for node in compared:
            found += differences(node["name"], keys.get(node["unique_id"], []), rows(killed, node), rows(calm, node))
        click.echo(
            f"{done.total()} kills ({dict(done)}) in {time.monotonic() - began:.0f} s; how runs ended: {dict(codes)}"
        )
        click.echo(f"{len(compared)} marts and 3 raw tables compared: {len(found)} differences")
        for difference in found[:50]:
            click.echo(f"  {difference}")
        if found:
            sys.exit(1)


if __name__ == "__main__":
    main()

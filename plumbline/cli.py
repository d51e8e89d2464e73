"""The command `plumbline`. Its exit codes are in `plumbline.exit_codes`."""

from __future__ import annotations

import datetime
import io
import os
import re
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from plumbline import __version__, change_report, finding_report
from plumbline.backup import back_up, backup_table
from plumbline.check_change import check_change
from plumbline.config import read_config
from plumbline.declared import declared_tables, project_folder
from plumbline.errors import ConfigError, PlumblineError, mask
from plumbline.exit_codes import ExitCode
from plumbline.findings import (
    SEVERITIES,
    Filters,
    finding_by_id,
    headlines,
    is_as_grave,
    read_expired_waivers,
    read_findings,
)
from plumbline.load import load_warehouse
from plumbline.lock import warehouse_lock
from plumbline.log import JsonLog, Log, TextLog
from plumbline.notifications.notify import NOTIFY, Request
from plumbline.notifications.notify import notify as notify_people
from plumbline.progress import closing_table, reporter_for
from plumbline.purge import PURGE, purged_table
from plumbline.purge import purge as purge_warehouse
from plumbline.restore import restore as restore_backup
from plumbline.run import Run, RunOptions
from plumbline.simulate import Options, truth_table
from plumbline.simulate import simulate as simulate_platform
from plumbline.stop import Stop, Stopped, stop_signals
from plumbline.terminal import printable
from plumbline.warehouse import TARGETS, leave, open_for_readers, open_warehouse, warehouse_place

_WIDTH_ELSEWHERE = 160
_NOTHING = "nothing"
_EXIT_CODES = """\b
Exit codes:
  0    everything went well
  1    a feed could not be loaded; the others were
  2    an option, the environment or plumbline.yml is wrong, or the warehouse cannot be reached
  3    the build failed: a model, a snapshot, a seed or a test
  4    the build went well, and a step after it failed
  75   another process writes to the warehouse; nothing was done
  130  stopped by SIGINT
  143  stopped by SIGTERM
"""
_AUDIT_EXIT_CODES = _EXIT_CODES.replace(
    "  75 ", "  6    everything went well, and a finding is open that is as grave as --fail-on says\n  75 "
)
_NOTIFY_EXIT_CODES = """\b
Exit codes:
  0    everybody was told
  2    an option, the environment or plumbline.yml is wrong, or the warehouse cannot be reached or was not built
  4    a message failed, and is tried again by the next start, or it is in doubt whether it arrived
  75   another process writes to the warehouse; nothing was done
  130  stopped by SIGINT
  143  stopped by SIGTERM
"""
_CHECK_EXIT_CODES = """\b
Exit codes:
  0    nothing breaks an active contract whose version does not say so
  2    an option, the environment or the proposal is wrong, or the warehouse cannot be reached or was not built
  3    dbt failed
  5    a breaking change of an active contract, whose version does not say so
  75   another process writes to the DuckDB file, which has no readers' copy
  130  stopped by SIGINT
  143  stopped by SIGTERM
"""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="plumbline")
def cli() -> None:
    """Measures and audits a data platform from the metadata it already emits."""


def _shared_options(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.option(
        "--schema-prefix",
        envvar="PLUMBLINE_SCHEMA_PREFIX",
        default="",
        help="What stands in front of every schema's name; dbt takes it from PLUMBLINE_SCHEMA_PREFIX.",
    )(command)
    return click.option(
        "--target",
        type=click.Choice(TARGETS),
        default="dev",
        show_default=True,
        help="dev is the DuckDB file of PLUMBLINE_DUCKDB_PATH; prod is PostgreSQL, from PLUMBLINE_PG_*.",
    )(command)


def _config_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--config",
        "config_path",
        type=click.Path(path_type=Path),
        default=Path("plumbline.yml"),
        show_default=True,
        help="The file that names the feeds.",
    )(command)


@cli.command(epilog=_EXIT_CODES)
@_config_option
@_shared_options
def load(config_path: Path, target: str, schema_prefix: str) -> None:
    """Land what is new in every feed of plumbline.yml."""
    console = _console()
    config = read_config(config_path)
    prefix = _checked_prefix(schema_prefix)
    with (
        _stoppable("The feed that was being loaded was taken back.") as stop,
        warehouse_lock(target, prefix, "load"),
        stop.interruptible(),
    ):
        results = load_warehouse(config, config.feeds, target, prefix, reporter_for(console))
    if results:
        console.print()
        console.print(closing_table(results))
    else:
        console.print("No feed is configured; the raw tables are there, empty.", highlight=False)
    if any(result.error is not None for result in results):
        raise SystemExit(ExitCode.FEED_FAILED)


@cli.command(epilog=_EXIT_CODES)
@_config_option
@_shared_options
@click.option("--select", multiple=True, metavar="SELECTION", help="Build only these models, in dbt's own words.")
@click.option("--retry", is_flag=True, help="Continue the last run where it failed or was stopped.")
@click.option(
    "--publish/--no-publish",
    default=True,
    show_default=True,
    help="After a good build, renew a DuckDB file's readers' copy.",
)
@click.option("--docs/--no-docs", default=True, show_default=True, help="Make the docs site after a good build.")
@click.option(
    "--notify/--no-notify",
    "is_notifying",
    default=True,
    show_default=True,
    help="In the end, tell people of findings by the routes of plumbline.yml.",
)
@click.option("--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def run(
    config_path: Path,
    target: str,
    schema_prefix: str,
    select: tuple[str, ...],
    retry: bool,
    publish: bool,
    docs: bool,
    is_notifying: bool,
    log_format: str,
) -> None:
    """Load every feed, build, publish to readers, make the docs site, land what dbt said of the build, and notify."""
    console = _console()
    log: Log = JsonLog(str(uuid.uuid4())) if log_format == "json" else TextLog(console)
    with stop_signals() as stop:
        try:
            if retry and select:
                raise ConfigError("--retry takes the selection of the run that it continues: leave out --select.")
            options = RunOptions(
                config=read_config(config_path),
                project=project_folder(),
                target=target,
                schema_prefix=_checked_prefix(schema_prefix),
                select=select,
                is_retry=retry,
                has_copy=publish,
                has_docs=docs,
                has_notifications=is_notifying,
            )
            this = Run(options, log, stop)
            code = this()
        except PlumblineError as error:
            log.event("run", "error", str(error), level="error")
            raise SystemExit(error.exit_code) from None
    log.run_ended(this.results, code)
    raise SystemExit(code)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@_shared_options
def backup(folder: Path, target: str, schema_prefix: str) -> None:
    """Write what was landed, the snapshots, waivers and verdicts to a new FOLDER of Parquet files."""
    prefix = _checked_prefix(schema_prefix)
    declared = declared_tables(project_folder())
    with _stoppable("Nothing is left of the backup.") as stop, warehouse_lock(target, prefix, "backup"):
        warehouse = open_warehouse(target, prefix, read_only=True)
        with warehouse.con:
            manifest = back_up(warehouse, declared, folder, stop)
    console = _console()
    console.print(backup_table(manifest))
    console.print(f"Backed up {manifest.warehouse} to {folder}", highlight=False, soft_wrap=True, markup=False)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@_shared_options
@click.option("--overwrite", is_flag=True, help="Replace what the warehouse holds, where it is not empty.")
def restore(folder: Path, target: str, schema_prefix: str, overwrite: bool) -> None:
    """Fill an empty warehouse from the backup in FOLDER; then build it."""
    prefix = _checked_prefix(schema_prefix)
    project = project_folder()
    declared = declared_tables(project)
    with _stoppable("The warehouse is as it was.") as stop, warehouse_lock(target, prefix, "restore"):
        warehouse = open_warehouse(target, prefix)
        with warehouse.con:
            restored = restore_backup(warehouse, declared, folder, project, overwrite, stop)
    console = _console()
    console.print(backup_table(restored.manifest))
    seeds = [f"{path} is as it was again. " for path in restored.written_seeds]
    seeds += [f"{path} holds other rows than the backup, and was left as it is. " for path in restored.other_seeds]
    console.print(
        f"Restored {warehouse.place} to {restored.manifest.created_at}. {''.join(seeds)}"
        f"Now build it: dbt build{' --full-refresh' if overwrite else ''} --target {target}",
        highlight=False,
        soft_wrap=True,
        markup=False,
    )


@cli.command()
@_shared_options
@click.option("--dry-run", is_flag=True, help="Say what would go, and leave it.")
def purge(target: str, schema_prefix: str, dry_run: bool) -> None:
    """Delete what the variable retention_days of dbt_project.yml no longer keeps."""
    console = _console()
    prefix = _checked_prefix(schema_prefix)
    project = project_folder()
    with _stoppable("Everything was purged, or nothing.") as stop, warehouse_lock(target, prefix, PURGE) as lock:
        purged = purge_warehouse(project, target, prefix, dry_run, TextLog(console), lock, stop)
    if purged.tables:
        console.print(purged_table(purged))
    for warning in purged.warnings:
        console.print(f"Note: {warning}", highlight=False, soft_wrap=True, markup=False)
    rows = f"{sum(table.rows for table in purged.tables):,} rows"
    place = warehouse_place(target, prefix)
    console.print(
        f"{rows} would be purged from {place}; nothing was." if dry_run else f"Purged {rows} from {place}",
        highlight=False,
        soft_wrap=True,
        markup=False,
    )


@cli.command(epilog=_NOTIFY_EXIT_CODES)
@_config_option
@_shared_options
@click.option("--dry-run", is_flag=True, help="Print what would be sent, and send and write nothing.")
@click.option("--resend", multiple=True, metavar="ID", help="Send this message again, though it may have arrived.")
@click.option("--settle", multiple=True, metavar="ID", help="Take this message for dealt with; do not send it.")
@click.option("--catch-up", is_flag=True, help="Take all that is new for told: send nothing of it, now or later.")
def notify(
    config_path: Path,
    target: str,
    schema_prefix: str,
    dry_run: bool,
    resend: tuple[str, ...],
    settle: tuple[str, ...],
    catch_up: bool,
) -> None:
    """Tell people of what the last build found, by the routes of plumbline.yml, each thing once."""
    if dry_run and (resend or settle or catch_up):
        raise ConfigError("--dry-run changes nothing: leave out --resend, --settle and --catch-up.")
    console = _console()
    config = read_config(config_path)
    prefix = _checked_prefix(schema_prefix)
    with _stoppable("Every message that was sent is noted.") as stop, warehouse_lock(target, prefix, NOTIFY):
        done = notify_people(config, target, prefix, TextLog(console), stop, Request(resend, settle, catch_up, dry_run))
    if not dry_run:
        told = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in done.counts.items())
        console.print(told, highlight=False, soft_wrap=True)
    raise SystemExit(done.exit_code)


@cli.command(epilog=_AUDIT_EXIT_CODES)
@_config_option
@_shared_options
@click.option(
    "--fail-on",
    type=click.Choice([*SEVERITIES, _NOTHING]),
    default="high",
    show_default=True,
    help="End with exit code 6 where a finding of this severity, or a graver one, is open.",
)
def audit(config_path: Path, target: str, schema_prefix: str, fail_on: str) -> None:
    """Load every feed, build, and print the open findings: `run` without the docs site, then `findings`."""
    console = _console()
    prefix = _checked_prefix(schema_prefix)
    options = RunOptions(
        read_config(config_path), project_folder(), target, prefix, has_docs=False, has_notifications=False
    )
    with stop_signals() as stop:
        this = Run(options, TextLog(console), stop)
        code = this()
    if code is not ExitCode.OK:
        raise SystemExit(code)
    with open_for_readers(target, prefix) as warehouse:
        found = [finding for finding in read_findings(warehouse) if Filters().take(finding)]
        expired = read_expired_waivers(warehouse)
    finding_report.print_table(found, console)
    finding_report.print_expired_waivers(expired, console)
    grave = (finding.status == "open" and is_as_grave(finding.severity, fail_on) for finding in found)
    if fail_on != _NOTHING and any(grave):
        raise SystemExit(ExitCode.GRAVE_FINDINGS)


@cli.command()
@_shared_options
@click.option("--team", "teams", multiple=True, help="Only those of this team; '' is of nobody. May be repeated.")
@click.option("--rule", "rules", multiple=True, help="Only those of this rule, as in SI02. May be repeated.")
@click.option(
    "--severity",
    type=click.Choice(SEVERITIES),
    default=SEVERITIES[-1],
    show_default=True,
    help="Only those of this severity, and graver ones.",
)
@click.option("--since", type=click.DateTime(), help="Only those first seen then (UTC) or later.")
@click.option("--closed", is_flag=True, help="Closed ones too.")
@click.option(
    "--all", "has_all", is_flag=True, help="Those too that another one explains; JSON and CSV have them always."
)
@click.option(
    "--format",
    "report_format",
    type=click.Choice(["table", "json", "csv", "markdown"]),
    default="table",
    show_default=True,
)
@click.option("--top", type=click.IntRange(min=1), help="Only so many, those to mend first.")
@click.option("--explain", metavar="ID", help="Tell the story of one finding: its evidence and its runbook.")
@click.option("--unpublished", is_flag=True, help="Read the DuckDB file that builds write to, not its readers' copy.")
def findings(
    target: str,
    schema_prefix: str,
    teams: tuple[str, ...],
    rules: tuple[str, ...],
    severity: str,
    since: datetime.datetime | None,
    closed: bool,
    has_all: bool,
    report_format: str,
    top: int | None,
    explain: str | None,
    unpublished: bool,
) -> None:
    """Print the findings of the last build, what to mend first at the top."""
    prefix = _checked_prefix(schema_prefix)
    warehouse = open_warehouse(target, prefix, read_only=True) if unpublished else open_for_readers(target, prefix)
    with warehouse:
        every = read_findings(warehouse)
        expired = read_expired_waivers(warehouse)
    console = _console()
    if explain is not None:
        finding_report.print_story(finding_by_id(every, explain), every, project_folder(), console)
        return
    filters = Filters(teams, rules, severity, since, closed)
    found = [finding for finding in every if filters.take(finding)]
    if report_format == "table":
        finding_report.print_table(found, console, has_all, top)
        finding_report.print_expired_waivers(expired, console)
        finding_report.print_places(warehouse.place, project_folder(), console)
        return
    if report_format == "markdown":
        click.echo(finding_report.as_markdown(found if has_all else headlines(found), top), nl=False)
        return
    writer = finding_report.as_json if report_format == "json" else finding_report.as_csv
    click.echo(writer(found[:top]), nl=False)


@cli.command()
@click.option("--days", type=int, default=30, show_default=True, help="How many days.")
@click.option("--pipelines", type=int, default=100, show_default=True, help="How many pipelines.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same files.")
@click.option(
    "--start",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    default="2026-01-05",
    show_default=True,
    help="The first day, or the instant (UTC) from which days are counted.",
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    help="The instant (UTC) at which everything is exported; the end of the last day without it.",
)
@click.option("--faults/--no-faults", "has_faults", default=True, show_default=True, help="Whether to plant faults.")
@click.option(
    "--out", "folder", type=click.Path(path_type=Path), required=True, help="A new or empty folder for the files."
)
def simulate(
    days: int,
    pipelines: int,
    seed: int,
    start: datetime.datetime,
    until: datetime.datetime | None,
    has_faults: bool,
    folder: Path,
) -> None:
    """Write the metadata of a simulated platform, with planted faults and the truth about them."""
    console = _console()
    summary = simulate_platform(Options(days, pipelines, seed, start, folder, until, has_faults))
    console.print(truth_table(summary.truths))
    if summary.homeless:
        console.print(f"Found no place for {', '.join(summary.homeless)}: give more --pipelines.", highlight=False)
    console.print(
        f"Simulated {summary.runs:,} runs in {folder}. Now: plumbline load --config {folder / 'plumbline.yml'}",
        highlight=False,
        soft_wrap=True,
        markup=False,
    )


@cli.command("check-change", epilog=_CHECK_EXIT_CODES)
@_shared_options
@click.option("--manifest", type=click.Path(path_type=Path), help="The proposed manifest.json of a dbt project.")
@click.option(
    "--contracts", type=click.Path(path_type=Path), help="The folder, or the file, of proposed data contracts."
)
@click.option(
    "--format", "report_format", type=click.Choice(["markdown", "json"]), default="markdown", show_default=True
)
@click.option("--output", type=click.Path(path_type=Path), help="The file to write; standard output without it.")
def check_change_command(
    target: str,
    schema_prefix: str,
    manifest: Path | None,
    contracts: Path | None,
    report_format: str,
    output: Path | None,
) -> None:
    """Compare a proposed manifest, or proposed contracts, with what is in force, and say what would break whom."""
    if manifest is None and contracts is None:
        raise ConfigError("Give what is proposed: --manifest, --contracts, or both.")
    if output is not None and not output.absolute().parent.is_dir():
        raise ConfigError(f"The folder of --output does not exist: {output.absolute().parent}")
    prefix = _checked_prefix(schema_prefix)
    with _stoppable("Nothing was changed.") as stop:
        changes = check_change(project_folder(), manifest, contracts, target, prefix, TextLog(_console()), stop)
    report = change_report.as_json(changes) + "\n" if report_format == "json" else change_report.as_markdown(changes)
    if output is None:
        click.echo(report, nl=False)
    else:
        try:
            output.write_text(report, encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"{output}: cannot be written: {error.strerror}") from None
    if any(change.values["is_blocking"] for change in changes):
        raise SystemExit(ExitCode.BREAKING_CHANGE)


@contextmanager
def _stoppable(outcome: str) -> Iterator[Stop]:
    """Ends the process with the signal's exit code, and says how it left things, where the block is stopped."""
    with stop_signals() as stop:
        try:
            yield stop
        except Stopped:
            click.echo(f"Stopped by a signal. {outcome}", err=True)
            raise SystemExit(stop.exit_code) from None


def _console() -> Console:
    console = Console(no_color="NO_COLOR" in os.environ or None)
    return console if console.is_terminal else Console(width=_WIDTH_ELSEWHERE, no_color=True)


def _checked_prefix(prefix: str) -> str:
    if not re.fullmatch(r"[a-z0-9_]*", prefix):
        raise ConfigError("--schema-prefix may hold lower-case letters, digits and '_'")
    return prefix


def main() -> None:
    """Runs the command; the user's mistakes end in a message, not in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may know fewer letters than names have
    leave(_exit_code())


def _exit_code() -> int:
    try:
        cli(standalone_mode=False)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else ExitCode.OK
    except click.exceptions.Abort:
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except PlumblineError as error:
        click.echo(printable(mask(str(error)), keep="\n"), err=True)
        return error.exit_code
    return ExitCode.OK

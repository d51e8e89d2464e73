"""Exports of Airflow's metadata database, one CSV file a table, as the database stands at the end of the simulation."""

from __future__ import annotations

import datetime
import hashlib
import json
from pathlib import Path
from typing import Any, Literal

from plumbline.simulate.airflow_tables import TABLES
from plumbline.simulate.output import Table
from plumbline.simulate.random_streams import fixed_uuid
from plumbline.simulate.runs import Attempt, Run, State, TaskRun
from plumbline.simulate.serialized_dag import (
    FILE_FOLDER,
    OPERATOR_CLASSES,
    file_of,
    hash_of,
    schedule_in_words,
    serialized,
    timetable,
)
from plumbline.simulate.world import Dataset, Pipeline, World

_ALEMBIC = {2: "5f2621c13b39", 3: "d2f4e1b3c5a7"}
_HOST = {"hostname": "worker", "unixname": "airflow"}
_SHORT = datetime.timedelta(milliseconds=12)


class AirflowExport:
    """The tables of one Airflow."""

    def __init__(self, folder: Path, world: World, generation: Literal[2, 3]) -> None:
        self.generation = generation
        self._world = world
        self._tables = {name: Table(folder / f"{name}.csv", columns) for name, columns in TABLES[generation].items()}
        self._counts: dict[str, int] = {}
        self._assets: dict[str, int] = {}
        self._hashes: dict[tuple[str, int], str] = {}
        self._kind = "asset" if generation == 3 else "dataset"
        self._add("alembic_version", version_num=_ALEMBIC[generation])
        self._jobs()

    def record(self, run: Run) -> None:
        """Writes a run and its tries, as the database has them at the end."""
        version = run.pipeline.version(run.scheduled_at)
        last = run.passes[-1]
        changed_at = last.ended_at or last.started_at
        run_number = self._next("dag_run")
        begins, ends = _interval(run)
        self._add(
            "dag_run",
            id=run_number,
            dag_id=run.pipeline.dag_id,
            queued_at=last.queued_at,
            logical_date=run.logical_at,
            execution_date=run.logical_at,
            start_date=last.started_at,
            end_date=last.ended_at,
            state=last.state,
            run_id=run.run_id,
            creating_job_id=None if run.run_type == "manual" else 1,
            run_type=run.run_type,
            external_trigger=run.run_type == "manual",
            triggered_by="CLI" if run.run_type == "manual" else "TIMETABLE",
            triggering_user_name="airflow" if run.run_type == "manual" else None,
            conf="{}",
            data_interval_start=begins,
            data_interval_end=ends,
            run_after=run.scheduled_at,
            last_scheduling_decision=changed_at - _SHORT,
            log_template_id=2 if self.generation == 3 else 1,
            created_at=run.passes[0].queued_at,
            updated_at=changed_at + _SHORT,
            clear_number=last.clear_number,
            scheduled_by_job_id=1,
            context_carrier=_carrier(run),
            span_status="not_started",
            created_dag_version_id=_version_id(run.pipeline, version),
            dag_hash=self._hash(run.pipeline, version),
        )
        for task_run in run.tasks.values():
            self._record_task(run, task_run, version)
        for one in run.passes[1:]:
            self._log(one.queued_at, run.pipeline.dag_id, None, "cli_task_clear", run, "root", None)

    def close(self, until: datetime.datetime) -> None:
        """Writes the definitions of the DAGs as they are at the end, and closes the files."""
        pipelines = [pipeline for pipeline in self._world.pipelines if pipeline.generation == self.generation]
        for pipeline in pipelines:
            self._define(pipeline, until)
        for table in self._tables.values():
            table.close()

    def _add(self, table: str, **row: Any) -> None:
        self._tables[table].add(row)

    def _next(self, table: str) -> int:
        self._counts[table] = self._counts.get(table, 0) + 1
        return self._counts[table]

    def _jobs(self) -> None:
        window = self._world.window
        kinds = ("SchedulerJob", "TriggererJob", "DagProcessorJob")[: 3 if self.generation == 3 else 2]
        for kind in kinds:
            self._add(
                "job",
                id=self._next("job"),
                state="running",
                job_type=kind,
                start_date=window.start - datetime.timedelta(days=3),
                latest_heartbeat=window.until - datetime.timedelta(seconds=4),
                **_HOST,
            )

    def _record_task(self, run: Run, task_run: TaskRun, version: int) -> None:
        retries = task_run.task.retries
        row: dict[str, Any] = {
            "task_id": task_run.task.task_id,
            "dag_id": run.pipeline.dag_id,
            "run_id": run.run_id,
            "map_index": -1,
            "max_tries": retries,
            **_HOST,
            "pool": "default_pool",
            "pool_slots": 1,
            "queue": "default",
            "priority_weight": 1,
            "operator": OPERATOR_CLASSES[task_run.task.operator][self.generation][1],
            "custom_operator_name": OPERATOR_CLASSES[task_run.task.operator][3][1] if self.generation == 3 else None,
            "queued_by_job_id": 1,
            "context_carrier": _carrier(run),
            "span_status": "not_started",
            "next_kwargs": "null" if self.generation == 3 else None,
            "task_display_name": task_run.task.task_id,
            "dag_version_id": _version_id(run.pipeline, version),
        }
        for attempt in task_run.attempts[:-1]:
            self._record_attempt(run, task_run, attempt, row, is_last=False)
        if task_run.attempts:
            cleared = [attempt.number for attempt in task_run.attempts if attempt.clear_number == 0]
            if task_run.attempts[-1].clear_number:
                row["max_tries"] = len(cleared) + retries
            self._record_attempt(run, task_run, task_run.attempts[-1], row, is_last=True)
        else:
            row |= {
                "id": _hex(self._try_id(run, task_run, 0)),
                "start_date": task_run.ended_at,
                "end_date": task_run.ended_at,
                "duration": 0.0 if task_run.ended_at else None,
                "state": None if task_run.state == "none" else task_run.state,
                "try_number": 0,
                "queued_by_job_id": None,
                "updated_at": task_run.ended_at or run.started_at,
            }
            row |= {"hostname": "", "unixname": "airflow"}
            self._tables["task_instance"].add(row)

    def _record_attempt(
        self, run: Run, task_run: TaskRun, attempt: Attempt, shared: dict[str, Any], is_last: bool
    ) -> None:
        changed_at = attempt.ended_at or attempt.started_at
        identity = _hex(self._try_id(run, task_run, attempt.number))
        duration = (attempt.ended_at - attempt.started_at).total_seconds() if attempt.ended_at else None
        job_id = None
        if self.generation == 2:
            job_id = self._next("job")
            self._add(
                "job",
                id=job_id,
                dag_id=run.pipeline.dag_id,
                state="success" if attempt.ended_at else "running",
                job_type="LocalTaskJob",
                start_date=attempt.started_at - _SHORT,
                end_date=attempt.ended_at + _SHORT if attempt.ended_at else None,
                latest_heartbeat=changed_at,
                **_HOST,
            )
        row = {
            **shared,
            "start_date": attempt.started_at,
            "end_date": attempt.ended_at,
            "duration": duration,
            "state": attempt.state,
            "try_number": attempt.number,
            "queued_dttm": attempt.queued_at,
            "scheduled_dttm": attempt.queued_at,
            "last_heartbeat_at": changed_at,
            "pid": 1000 + self._next("process") % 30000,
            "updated_at": changed_at + _SHORT,
            "job_id": job_id,
        }
        is_retried = not is_last and attempt.state == "failed"
        if is_last:
            self._tables["task_instance"].add({**row, "id": identity})
        else:
            number = self._next("task_instance_history")
            self._tables["task_instance_history"].add({**row, "id": number, "task_instance_id": identity})
        if attempt.state == "failed" and self.generation == 2:
            self._add("task_fail", **{**row, "id": self._next("task_fail")})
        self._log_attempt(run, task_run, attempt, is_retried)
        if attempt.number == 1:
            for at in task_run.reschedules:
                self._add(
                    "task_reschedule",
                    **shared,
                    id=self._next("task_reschedule"),
                    ti_id=identity,
                    try_number=1,
                    start_date=at,
                    end_date=at + datetime.timedelta(milliseconds=40),
                    duration=0,
                    reschedule_date=at + datetime.timedelta(seconds=60),
                )
        if is_last and attempt.state == "success":
            for asset in task_run.task.assets:
                self._add(
                    f"{self._kind}_event",
                    id=self._next("asset_event"),
                    asset_id=self._asset(asset),
                    dataset_id=self._asset(asset),
                    extra="{}",
                    source_task_id=task_run.task.task_id,
                    source_dag_id=run.pipeline.dag_id,
                    source_run_id=run.run_id,
                    source_map_index=-1,
                    timestamp=changed_at + _SHORT,
                )

    def _log_attempt(self, run: Run, task_run: TaskRun, attempt: Attempt, is_retried: bool) -> None:
        dag_id, owner = run.pipeline.dag_id, run.pipeline.owner
        self._log(attempt.started_at, dag_id, task_run, "running", run, owner, attempt.number)
        if attempt.ended_at is not None:
            state: State | str = attempt.state
            if is_retried and self.generation == 3:
                state = "up_for_retry"
            self._log(attempt.ended_at, dag_id, task_run, state, run, owner, attempt.number)

    def _log(
        self,
        at: datetime.datetime,
        dag_id: str,
        task_run: TaskRun | None,
        event: str,
        run: Run,
        owner: str,
        try_number: int | None,
    ) -> None:
        extra = {"host_name": "worker"}
        if task_run is None:
            extra["full_command"] = f"['/opt/venv/bin/airflow', 'tasks', 'clear', '-y', '{dag_id}']"
        self._add(
            "log",
            id=self._next("log"),
            dttm=at,
            dag_id=dag_id,
            task_id=task_run.task.task_id if task_run else None,
            map_index=-1 if task_run else None,
            event=event,
            logical_date=run.logical_at if task_run else None,
            execution_date=run.logical_at if task_run else None,
            run_id=run.run_id if task_run else None,
            owner=owner,
            extra=json.dumps(extra),
            try_number=try_number,
        )

    def _define(self, pipeline: Pipeline, until: datetime.datetime) -> None:
        version = pipeline.version(until)
        upcoming = _next_instant(pipeline, until)
        kind, _ = timetable(pipeline)
        begins = upcoming if self.generation == 3 else pipeline.schedule.previous(upcoming)
        is_broken = pipeline.broken_at is not None and pipeline.broken_at < until
        self._add(
            "dag",
            dag_id=pipeline.dag_id,
            is_paused=pipeline.paused_at is not None and pipeline.paused_at < until,
            is_stale=is_broken,
            is_active=not is_broken,
            exceeds_max_non_backfill=False,
            is_subdag=False,
            last_parsed_time=until - datetime.timedelta(seconds=20),
            last_parse_duration=0.4,
            fileloc=f"{FILE_FOLDER}/{file_of(pipeline)}",
            relative_fileloc=file_of(pipeline),
            processor_subdir=FILE_FOLDER,
            bundle_name="dags-folder",
            owners=pipeline.owner,
            default_view="grid",
            timetable_type=kind.rsplit(".", 1)[1],
            timetable_summary=pipeline.schedule.cron,
            schedule_interval=json.dumps(pipeline.schedule.cron),
            timetable_description=schedule_in_words(pipeline.schedule),
            timetable_partitioned=False,
            timetable_periodic=True,
            partition_mapper_info="[]",
            dataset_expression="null",
            max_active_tasks=16,
            max_active_runs=16,
            max_consecutive_failed_dag_runs=0,
            has_task_concurrency_limits=False,
            has_import_errors=is_broken,
            fail_fast=False,
            allowed_run_types="null",
            next_dagrun=begins,
            next_dagrun_data_interval_start=begins,
            next_dagrun_data_interval_end=upcoming,
            next_dagrun_create_after=upcoming,
        )
        for tag in pipeline.tags:
            self._add("dag_tag", name=tag, dag_id=pipeline.dag_id)
        if is_broken:
            self._add_import_error(pipeline, until)
        first = 1 if self.generation == 3 else version
        for number in range(first, version + 1):
            self._define_version(pipeline, number)
        for task in pipeline.tasks:
            for dataset in task.assets:
                self._add_reference("outlet", dataset, pipeline, task.task_id)
            for dataset in task.inputs if task.assets and self.generation == 3 else ():
                self._add_reference("inlet", dataset, pipeline, task.task_id)

    def _define_version(self, pipeline: Pipeline, number: int) -> None:
        at = pipeline.deployed_at[number - 1]
        identity = _version_id(pipeline, number)
        self._add_if(
            "dag_version",
            id=identity,
            version_number=number,
            dag_id=pipeline.dag_id,
            bundle_name="dags-folder",
            version_data="null",
            created_at=at,
            last_updated=at,
        )
        data = json.dumps(serialized(pipeline, number))
        self._add(
            "serialized_dag",
            id=_hex(fixed_uuid(at, f"serialized:{pipeline.dag_id}")),
            dag_id=pipeline.dag_id,
            fileloc=f"{FILE_FOLDER}/{file_of(pipeline)}",
            fileloc_hash=int(hashlib.sha256(file_of(pipeline).encode()).hexdigest()[:13], 16),
            data=data,
            created_at=at + _SHORT,
            last_updated=at + _SHORT,
            dag_hash=self._hash(pipeline, number),
            dag_version_id=identity,
            processor_subdir=FILE_FOLDER,
        )

    def _add_if(self, table: str, **row: Any) -> None:
        if table in self._tables:
            self._add(table, **row)

    def _add_import_error(self, pipeline: Pipeline, until: datetime.datetime) -> None:
        file = file_of(pipeline) if self.generation == 3 else f"{FILE_FOLDER}/{file_of(pipeline)}"
        self._add(
            "import_error",
            id=self._next("import_error"),
            timestamp=until - datetime.timedelta(seconds=25),
            filename=file,
            bundle_name="dags-folder",
            processor_subdir=FILE_FOLDER,
            stacktrace=(
                f'Traceback (most recent call last):\n  File "{FILE_FOLDER}/{file_of(pipeline)}", line 3, in <module>\n'
                "    import warehouse_helpers\nModuleNotFoundError: No module named 'warehouse_helpers'\n"
            ),
        )

    def _asset(self, dataset: Dataset) -> int:
        if dataset.name not in self._assets:
            self._assets[dataset.name] = len(self._assets) + 1
            at = self._world.window.start
            self._add(
                self._kind,
                id=self._assets[dataset.name],
                name=dataset.uri,
                uri=dataset.uri,
                group="asset",
                extra="{}",
                created_at=at,
                updated_at=at,
                is_orphaned=False,
            )
        return self._assets[dataset.name]

    def _add_reference(self, kind: str, dataset: Dataset, pipeline: Pipeline, task_id: str) -> None:
        at = pipeline.deployed_at[0]
        self._add(
            f"task_{kind}_{self._kind}_reference",
            asset_id=self._asset(dataset),
            dataset_id=self._asset(dataset),
            dag_id=pipeline.dag_id,
            task_id=task_id,
            allow_consumer_teams="null",
            allow_global_consumers=True,
            created_at=at,
            updated_at=at,
        )

    def _hash(self, pipeline: Pipeline, version: int) -> str:
        key = (pipeline.dag_id, version)
        if key not in self._hashes:
            self._hashes[key] = hash_of(pipeline, version)
        return self._hashes[key]

    def _try_id(self, run: Run, task_run: TaskRun, number: int) -> str:
        return fixed_uuid(run.passes[0].queued_at, f"try:{run.subject}:{task_run.task.task_id}:{number}")


def version_uuid(pipeline: Pipeline, version: int) -> str:
    """Returns the id of a version of a DAG."""
    return fixed_uuid(pipeline.deployed_at[version - 1], f"version:{pipeline.dag_id}:{version}")


def _version_id(pipeline: Pipeline, version: int) -> str:
    return _hex(version_uuid(pipeline, version))


def _hex(identity: str) -> str:
    """Returns a UUID as SQLite and MySQL hold it."""
    return identity.replace("-", "")


def _interval(run: Run) -> tuple[datetime.datetime, datetime.datetime]:
    return run.logical_at, run.scheduled_at


def _carrier(run: Run) -> str:
    trace = hashlib.md5(run.subject.encode(), usedforsecurity=False).hexdigest()
    return json.dumps({"__var": {"traceparent": f"00-{trace}-{trace[:16]}-00"}, "__type": "dict"})


def _next_instant(pipeline: Pipeline, until: datetime.datetime) -> datetime.datetime:
    day = until.date() - datetime.timedelta(days=1)
    while True:
        found = [instant for instant in pipeline.schedule.instants(day) if instant >= until]
        if found:
            return found[0]
        day += datetime.timedelta(days=1)

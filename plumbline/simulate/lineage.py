"""OpenLineage events of the runs, as Airflow's provider sends them, with what is lost, late and sent twice."""

from __future__ import annotations

import datetime
import json
import random
import urllib.parse
from collections.abc import Mapping
from functools import partial
from typing import Any

from plumbline.simulate.airflow import version_uuid
from plumbline.simulate.output import Days, Template, slot
from plumbline.simulate.random_streams import fixed_uuid
from plumbline.simulate.runs import Attempt, Pass, Run, TaskRun
from plumbline.simulate.serialized_dag import (
    FILE_FOLDER,
    OPERATOR_CLASSES,
    command_of,
    description_of,
    file_of,
    timetable,
)
from plumbline.simulate.world import WAREHOUSE, Column, Dataset, Pipeline, Task

Json = dict[str, Any]

_dumps = json.JSONEncoder(sort_keys=True).encode

_SPEC = "https://openlineage.io/spec"
_PRODUCERS = {2: "2.8.0", 3: "2.20.3"}
_AIRFLOW = {2: "2.10.5", 3: "3.3.2"}
_LATE_SHARE = 0.015
_REPEATED_SHARE = 0.004
_FACETS = {
    "jobType": "2-0-4/JobTypeJobFacet",
    "ownership": "1-0-1/OwnershipJobFacet",
    "tags": "1-0-0/TagsJobFacet",
    "run_tags": "1-0-0/TagsRunFacet",
    "documentation": "1-1-0/DocumentationJobFacet",
    "sourceCode": "1-0-1/SourceCodeJobFacet",
    "sql": "1-1-0/SQLJobFacet",
    "nominalTime": "1-0-1/NominalTimeRunFacet",
    "parent": "1-2-0/ParentRunFacet",
    "processing_engine": "1-1-1/ProcessingEngineRunFacet",
    "errorMessage": "1-0-1/ErrorMessageRunFacet",
    "schema": "1-2-0/SchemaDatasetFacet",
    "columnLineage": "1-2-0/ColumnLineageDatasetFacet",
    "outputStatistics": "1-0-2/OutputStatisticsOutputDatasetFacet",
    "dataQualityAssertions": "1-1-0/DataQualityAssertionsDatasetFacet",
}


class Lineage:
    """The stream of events."""

    def __init__(self, events: Days) -> None:
        self._events = events
        self._templates: dict[tuple[Any, ...], Template] = {}

    def record(self, run: Run) -> list[tuple[str, datetime.datetime]]:
        """Sends the events of a run; returns the jobs whose end was lost on the way, and when it was."""
        pipeline = run.pipeline
        if run.has_no_lineage or not pipeline.is_seen_by_lineage:
            return []
        numbers = run.world.numbers("lineage", pipeline.dag_id, run.scheduled_at)
        lost: list[tuple[str, datetime.datetime]] = []
        for one in run.passes:
            values = self._run_values(run, one)
            self._send(run, numbers, one.started_at, self._dag_template(pipeline, "START"), values)
            for task_run in run.tasks.values():
                for attempt in task_run.attempts:
                    if attempt.clear_number == one.clear_number:
                        self._record_attempt(run, values, task_run, attempt, numbers, lost)
            if one.ended_at is not None:
                kind = "FAIL" if one.state == "failed" else "COMPLETE"
                values = {**values, "eventType": json.dumps(kind), "airflowState": _dumps(_states(run, one))}
                values["dagRun"] = _dumps(_dag_run(run, one, is_end=True))
                template = self._dag_template(pipeline, kind)
                if run.loses_end or not self._send(run, numbers, one.ended_at, template, values):
                    lost.append((pipeline.dag_id, one.ended_at))
        return lost

    def _send(
        self,
        run: Run,
        numbers: random.Random,
        at: datetime.datetime,
        template: Template,
        values: Mapping[str, str],
    ) -> bool:
        if any(start <= at < end for start, end in run.world.blackouts):
            return False
        rendered = partial(template.render, {**values, "eventTime": _time(at)})
        arrives = at + datetime.timedelta(seconds=numbers.uniform(0.01, 0.8))
        if numbers.random() < _LATE_SHARE:
            arrives += datetime.timedelta(seconds=numbers.expovariate(1 / 400))
        self._events.add(arrives, rendered)
        if numbers.random() < _REPEATED_SHARE:
            self._events.add(arrives + datetime.timedelta(seconds=30), rendered)
        return True

    def _run_values(self, run: Run, one: Pass) -> dict[str, str]:
        identity = _dag_run_uuid(run, one)
        return {
            "eventType": '"START"',
            "runId": f'"{identity}"',
            "parentId": f'"{identity}"',
            "dagRun": _dumps(_dag_run(run, one, is_end=False)),
            "nominalStart": _time(run.logical_at),
            "nominalEnd": _time(run.scheduled_at),
            "doc": json.dumps(description_of(run.pipeline, run.pipeline.version(run.scheduled_at))),
        }

    def _record_attempt(
        self,
        run: Run,
        run_values: Mapping[str, str],
        task_run: TaskRun,
        attempt: Attempt,
        numbers: random.Random,
        lost: list[tuple[str, datetime.datetime]],
    ) -> None:
        pipeline, task = run.pipeline, task_run.task
        identity = fixed_uuid(
            run.logical_at, f"{pipeline.namespace}.{pipeline.dag_id}.{task.task_id}.{attempt.number}.-1"
        )
        values = {
            **run_values,
            "runId": f'"{identity}"',
            "dagRun": _dumps(_task_dag_run(run, attempt)),
            "taskInstance": _dumps(_task_instance(run, task, attempt, is_end=False)),
            "inputs": _bare(task.inputs),
            "outputs": _bare(task.outputs),
        }
        template = self._task_template(pipeline, task, is_failing=False)
        if "START" not in task_run.lost_events:
            self._send(run, numbers, attempt.started_at, template, values)
        if attempt.ended_at is None:
            return
        kind = "COMPLETE" if attempt.state == "success" else "FAIL"
        values["eventType"] = f'"{kind}"'
        values["taskInstance"] = _dumps(_task_instance(run, task, attempt, is_end=True))
        is_good = attempt.state == "success"
        if is_good:
            producer = _producer(pipeline)
            values["inputs"] = _dumps([_input(dataset, task_run, producer) for dataset in task.inputs])
            values["outputs"] = _dumps([_output(dataset, task_run, producer) for dataset in task.outputs])
        else:
            template = self._task_template(pipeline, task, is_failing=True)
            values["error"] = json.dumps(attempt.error)
            values["stack"] = json.dumps(_stack(attempt.error or ""))
            if task.operator == "check":
                producer = _producer(pipeline)
                values["inputs"] = _dumps([_input(dataset, task_run, producer) for dataset in task.inputs])
        is_lost = "END" in task_run.lost_events
        if is_lost or not self._send(run, numbers, attempt.ended_at, template, values):
            lost.append((f"{pipeline.dag_id}.{task.task_id}", attempt.ended_at))

    def _dag_template(self, pipeline: Pipeline, kind: str) -> Template:
        key = (pipeline.dag_id, kind)
        if key not in self._templates:
            self._templates[key] = Template(_dag_event(pipeline, kind))
        return self._templates[key]

    def _task_template(self, pipeline: Pipeline, task: Task, is_failing: bool) -> Template:
        key = (pipeline.dag_id, task.task_id, is_failing)
        if key not in self._templates:
            self._templates[key] = Template(_task_event(pipeline, task, is_failing))
        return self._templates[key]


def facet(producer: str, facet_name: str, /, **content: Any) -> Json:
    """Returns a facet with the addresses of its producer and schema."""
    path = _FACETS[facet_name]
    kind = path.rsplit("/", 1)[1]
    return {"_producer": producer, "_schemaURL": f"{_SPEC}/facets/{path}.json#/$defs/{kind}", **content}


def own_facet(producer: str, kind: str, /, **content: Any) -> Json:
    """Returns a facet that has no schema of its own."""
    return {"_producer": producer, "_schemaURL": f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/{kind}", **content}


def _producer(pipeline: Pipeline) -> str:
    return f"https://github.com/apache/airflow/tree/providers-openlineage/{_PRODUCERS[pipeline.generation]}"


def _event(pipeline: Pipeline, name: str, job_facets: Json, run_facets: Json, inputs: Any, outputs: Any) -> Json:
    producer = _producer(pipeline)
    shared = {
        "nominalTime": facet(
            producer, "nominalTime", nominalStartTime=slot("nominalStart"), nominalEndTime=slot("nominalEnd")
        ),
        "processing_engine": facet(
            producer,
            "processing_engine",
            name="Airflow",
            version=_AIRFLOW[pipeline.generation],
            openlineageAdapterVersion=_PRODUCERS[pipeline.generation],
        ),
        "tags": facet(
            producer,
            "run_tags",
            tags=[{"key": "openlineage_client_version", "source": "OPENLINEAGE_CLIENT", "value": "1.54.0"}],
        ),
    }
    return {
        "eventTime": slot("eventTime"),
        "eventType": slot("eventType"),
        "inputs": inputs,
        "job": {"facets": job_facets, "name": name, "namespace": pipeline.namespace},
        "outputs": outputs,
        "producer": producer,
        "run": {"facets": {**run_facets, **shared}, "runId": slot("runId")},
        "schemaURL": f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent",
    }


def _job_facets(pipeline: Pipeline, kind: str) -> Json:
    producer = _producer(pipeline)
    return {
        "documentation": facet(producer, "documentation", description=slot("doc"), contentType="text/markdown"),
        "jobType": facet(producer, "jobType", integration="AIRFLOW", jobType=kind, processingType="BATCH"),
        "ownership": facet(producer, "ownership", owners=[{"name": pipeline.owner}]),
        "tags": facet(
            producer, "tags", tags=[{"key": tag, "source": "AIRFLOW", "value": tag} for tag in pipeline.tags]
        ),
    }


def _dag(pipeline: Pipeline) -> Json:
    dag: Json = {
        "dag_id": pipeline.dag_id,
        "fileloc": f"{FILE_FOLDER}/{file_of(pipeline)}",
        "owner": pipeline.owner,
        "owner_links": {},
        "start_date": f"{pipeline.started_on.isoformat()}+00:00",
        "tags": str(pipeline.tags),
        "timetable": timetable(pipeline)[1],
        "timetable_summary": pipeline.schedule.cron,
    }
    if pipeline.generation == 2:
        dag["schedule_interval"] = pipeline.schedule.cron
    return dag


def _dag_event(pipeline: Pipeline, kind: str) -> Json:
    producer = _producer(pipeline)
    job_facets = _job_facets(pipeline, "DAG")
    run_facets: Json = {
        "airflowDagRun": own_facet(producer, "RunFacet", dag=_dag(pipeline), dagRun=slot("dagRun")),
    }
    if kind == "START":
        tasks = {task.task_id: _task_in_graph(pipeline, task) for task in pipeline.tasks}
        job_facets["airflow"] = own_facet(producer, "JobFacet", taskGroups={}, taskTree={}, tasks=tasks)
    else:
        run_facets["airflowState"] = slot("airflowState")
    if kind == "FAIL":
        run_facets["errorMessage"] = facet(
            producer, "errorMessage", message="task_failure", programmingLanguage="python"
        )
    return _event(pipeline, pipeline.dag_id, job_facets, run_facets, [], [])


def _task_in_graph(pipeline: Pipeline, task: Task) -> Json:
    module, name = OPERATOR_CLASSES[task.operator][pipeline.generation]
    values: Json = {
        "downstream_task_ids": task.downstream,
        "emits_ol_events": True,
        "is_setup": False,
        "is_teardown": False,
        "operator": f"{module}.{name}",
        "ui_color": "#f0ede4",
        "ui_fgcolor": "#000",
        "ui_label": task.task_id,
    }
    if pipeline.generation == 3:
        values |= {"downstream_group_edges": {}, "downstream_task_edges": {}}
    return values


def _task_event(pipeline: Pipeline, task: Task, is_failing: bool) -> Json:
    producer = _producer(pipeline)
    _, name = OPERATOR_CLASSES[task.operator][pipeline.generation]
    job_facets = _job_facets(pipeline, "TASK")
    described = _task_facet(pipeline, task)
    parent_job = {"facets": {}, "name": pipeline.dag_id, "namespace": pipeline.namespace}
    parent_run = {"facets": {}, "runId": slot("parentId")}
    run_facets: Json = {
        "airflow": own_facet(
            producer,
            "RunFacet",
            dag=_dag(pipeline),
            dagRun=slot("dagRun"),
            task=described,
            taskInstance=slot("taskInstance"),
            taskUuid=slot("runId"),
        ),
        "parent": facet(
            producer, "parent", job=parent_job, run=parent_run, root={"job": parent_job, "run": parent_run}
        ),
    }
    if task.operator == "bash":
        job_facets["sourceCode"] = facet(producer, "sourceCode", language="bash", sourceCode=command_of(pipeline, task))
        unknown = {"name": name, "properties": described, "type": "operator"}
        run_facets["unknownSourceAttribute"] = own_facet(producer, "RunFacet", unknownItems=[unknown])
    elif task.operator in ("warehouse", "check"):
        job_facets["sql"] = facet(producer, "sql", dialect="postgres", query=sql_of(task))
    if is_failing:
        run_facets["errorMessage"] = facet(
            producer, "errorMessage", message=slot("error"), programmingLanguage="python", stackTrace=slot("stack")
        )
    return _event(
        pipeline, f"{pipeline.dag_id}.{task.task_id}", job_facets, run_facets, slot("inputs"), slot("outputs")
    )


def sql_of(task: Task) -> str:
    """Returns the statement of a task that works in the warehouse."""
    if task.operator == "check":
        columns = ", ".join(
            f"sum(case when {column.name} is null then 1 else 0 end) as {column.name}"
            for column in task.inputs[0].columns[:2]
        )
        return f"select {columns} from {task.inputs[0].name}"
    output = task.outputs[0]
    source = task.inputs[0].name if task.inputs else f"landing.{output.table}"
    names = ", ".join(column.name for column in output.columns)
    joins = "".join(f" left join {dataset.name} using (id)" for dataset in task.inputs[1:])
    taken = f" where topic = '{task.topic}'" if task.topic else ""
    return f"insert into {output.name} select {names} from {source}{joins}{taken}"


def _task_facet(pipeline: Pipeline, task: Task) -> Json:
    module, name = OPERATOR_CLASSES[task.operator][pipeline.generation]
    is_new = pipeline.generation == 3
    values: Json = {
        "depends_on_past": False,
        "downstream_task_ids": str(task.downstream),
        "executor_config": {},
        "ignore_first_depends_on_past": not is_new,
        "inlets": _repr(task.inputs if task.assets else [], is_new),
        "mapped": False,
        "multiple_outputs": False,
        "operator_class": name,
        "operator_class_path": f"{module}.{name}",
        "outlets": _repr(task.assets, is_new),
        "owner": pipeline.owner,
        "priority_weight": 1,
        "queue": "default",
        "retries": task.retries,
        "retry_exponential_backoff": 0 if is_new else False,
        "task_id": task.task_id,
        "trigger_rule": task.trigger_rule,
        "upstream_task_ids": str(task.upstream),
        "wait_for_downstream": False,
        "wait_for_past_depends_before_skipping": False,
    }
    if not is_new:
        values |= {"is_setup": False, "is_teardown": False}
    elif module.startswith("airflow.providers.standard"):
        values["operator_provider_version"] = "1.21.0"
    return values


def _repr(assets: list[Dataset], is_new: bool) -> str:
    if is_new:
        return str([{"uri": asset.uri, "extra": {}, "type": "asset"} for asset in assets])
    return str([{"uri": asset.uri, "extra": None} for asset in assets])


def _dag_run_uuid(run: Run, one: Pass) -> str:
    text = f"{run.pipeline.namespace}.{run.pipeline.dag_id}.{one.clear_number}"
    return fixed_uuid(run.logical_at, text)


def _dag_run(run: Run, one: Pass, is_end: bool) -> Json:
    pipeline = run.pipeline
    values = _dag_run_core(run, one)
    if pipeline.generation == 3:
        version = pipeline.version(run.scheduled_at)
        values |= {
            "dag_bundle_name": "dags-folder",
            "dag_version_id": version_uuid(pipeline, version),
            "dag_version_number": version,
            "triggered_by": "cli" if run.run_type == "manual" else "timetable",
        }
    if is_end and one.ended_at is not None:
        values["duration"] = (one.ended_at - one.started_at).total_seconds()
        values["end_date"] = f"{one.ended_at.isoformat(timespec='microseconds')}+00:00"
    return values


def _task_dag_run(run: Run, attempt: Attempt) -> Json:
    one = next(one for one in run.passes if one.clear_number == attempt.clear_number)
    return _dag_run_core(run, one)


def _dag_run_core(run: Run, one: Pass) -> Json:
    logical = f"{run.logical_at.isoformat()}+00:00"
    values: Json = {
        "conf": {},
        "dag_id": run.pipeline.dag_id,
        "data_interval_end": f"{run.scheduled_at.isoformat()}+00:00",
        "data_interval_start": logical,
        "logical_date": logical,
        "run_id": run.run_id,
        "run_type": run.run_type,
        "start_date": f"{one.started_at.isoformat(timespec='microseconds')}+00:00",
    }
    if run.pipeline.generation == 3:
        values |= {"clear_number": one.clear_number, "run_after": f"{run.scheduled_at.isoformat()}+00:00"}
    else:
        values["external_trigger"] = run.run_type == "manual"
    return values


def _task_instance(run: Run, task: Task, attempt: Attempt, is_end: bool) -> Json:
    dag_id, quoted = run.pipeline.dag_id, urllib.parse.quote(run.run_id, safe="")
    if run.pipeline.generation == 3:
        url = f"https://airflow.wh.internal/dags/{dag_id}/runs/{quoted}/tasks/{task.task_id}"
        return {
            "dag_bundle_name": "dags-folder",
            "log_url": f"{url}?try_number={attempt.number}",
            "try_number": attempt.number,
        }
    url = f"https://airflow2.wh.internal/dags/{dag_id}/grid?dag_run_id={quoted}&task_id={task.task_id}"
    values: Json = {
        "log_url": f"{url}&tab=logs",
        "pool": "default_pool",
        "queued_dttm": f"{attempt.queued_at.isoformat(timespec='microseconds')}+00:00",
        "try_number": attempt.number,
    }
    if is_end and attempt.ended_at is not None:
        values["duration"] = (attempt.ended_at - attempt.started_at).total_seconds()
    return values


def _states(run: Run, one: Pass) -> Json:
    states = {}
    for task_run in run.tasks.values():
        tried = [attempt for attempt in task_run.attempts if attempt.clear_number <= one.clear_number]
        state: str = task_run.state
        if one.clear_number < run.passes[-1].clear_number:
            state = tried[-1].state if tried else "upstream_failed"
        states[task_run.task.task_id] = (state, tried[-1] if tried else None)
    durations = {
        name: (attempt.ended_at - attempt.started_at).total_seconds() if attempt and attempt.ended_at else 0.0
        for name, (_, attempt) in states.items()
    }
    return own_facet(
        _producer(run.pipeline),
        "RunFacet",
        dagRunState=one.state,
        tasksDuration=durations,
        tasksState={name: state for name, (state, _) in states.items()},
    )


def _bare(datasets: list[Dataset]) -> str:
    return _dumps([{"facets": {}, "name": dataset.name, "namespace": WAREHOUSE} for dataset in datasets])


def schema_facet(producer: str, columns: list[Column]) -> Json:
    """Returns the facet that names a dataset's columns."""
    return facet(producer, "schema", fields=[{"name": column.name, "type": column.type} for column in columns])


def _input(dataset: Dataset, task_run: TaskRun, producer: str) -> Json:
    facets: Json = {"schema": schema_facet(producer, dataset.columns)}
    if task_run.task.operator != "check":
        return {"facets": facets, "name": dataset.name, "namespace": WAREHOUSE}
    assertions = []
    for column in dataset.columns[:2]:
        name, found = task_run.failed_checks.get(column.name, ("null_check", 0))
        assertions.append(
            {
                "assertion": name,
                "column": column.name,
                "success": column.name not in task_run.failed_checks,
                "name": name,
                "severity": "error",
                "expected": "0",
                "actual": str(found),
            }
        )
    facets["dataQualityAssertions"] = facet(producer, "dataQualityAssertions", assertions=assertions)
    return {"facets": facets, "name": dataset.name, "namespace": WAREHOUSE}


def _output(dataset: Dataset, task_run: TaskRun, producer: str) -> Json:
    facets: Json = {"schema": schema_facet(producer, dataset.columns)}
    if task_run.task.inputs:
        known = {column.name: source for source in reversed(task_run.task.inputs) for column in source.columns}
        fields = {
            column.name: {
                "inputFields": [
                    {
                        "namespace": WAREHOUSE,
                        "name": known[column.name].name,
                        "field": column.name,
                        "transformations": [],
                    }
                ]
            }
            for column in dataset.columns
            if column.name in known
        }
        facets["columnLineage"] = facet(producer, "columnLineage", fields=fields, dataset=[])
    described = {"facets": facets, "name": dataset.name, "namespace": WAREHOUSE}
    if task_run.rows is not None:
        described["outputFacets"] = {
            "outputStatistics": facet(
                producer, "outputStatistics", rowCount=task_run.rows, size=task_run.rows * 16 * len(dataset.columns)
            )
        }
    return described


def _stack(message: str) -> str:
    return (
        "Traceback (most recent call last):\n"
        '  File "/opt/venv/lib/python3.11/site-packages/airflow/task/runner.py", line 841, in run\n'
        f"    result = execute(context)\nairflow.exceptions.AirflowException: {message}\n"
    )


def _time(at: datetime.datetime) -> str:
    spec = "microseconds" if at.microsecond else "seconds"
    return f'"{at.isoformat(timespec=spec)}+00:00"'

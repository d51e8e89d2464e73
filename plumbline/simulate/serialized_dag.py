"""DAGs as Airflow serializes them, of both major versions, and how its tables describe their schedules."""

from __future__ import annotations

import calendar
import datetime
import hashlib
import json
from typing import Any

from plumbline.simulate.calendar import Schedule
from plumbline.simulate.world import Dataset, Operator, Pipeline, Task

Json = dict[str, Any]

FILE_FOLDER = "/opt/airflow/dags"
CALLBACK_SOURCE = "def tell_team(context):\n    notify(context['dag'].dag_id, context['task_instance'].task_id)\n"

OPERATOR_CLASSES: dict[Operator, dict[int, tuple[str, str]]] = {
    "bash": {
        2: ("airflow.operators.bash", "BashOperator"),
        3: ("airflow.providers.standard.operators.bash", "BashOperator"),
    },
    "warehouse": {
        2: ("warehouse_operators", "WarehouseLoadOperator"),
        3: ("warehouse_operators", "WarehouseLoadOperator"),
    },
    "check": {
        2: ("airflow.providers.common.sql.operators.sql", "SQLColumnCheckOperator"),
        3: ("airflow.providers.common.sql.operators.sql", "SQLColumnCheckOperator"),
    },
    "sensor": {
        2: ("airflow.sensors.python", "PythonSensor"),
        3: ("airflow.providers.standard.sensors.python", "PythonSensor"),
    },
    "branch": {
        2: ("airflow.operators.python", "BranchPythonOperator"),
        3: ("airflow.providers.standard.operators.python", "BranchPythonOperator"),
    },
}


def file_of(pipeline: Pipeline) -> str:
    """Returns the file of a DAG, relative to the folder of its bundle."""
    return f"{pipeline.team.name.replace('-', '_')}/{pipeline.dag_id}.py"


def description_of(pipeline: Pipeline, version: int) -> str:
    """Returns the description of a DAG, which each deployment changes."""
    return f"{pipeline.layer.capitalize()} of {pipeline.team.domain}, revision {version}."


def hash_of(pipeline: Pipeline, version: int) -> str:
    """Returns the hash by which Airflow tells versions of a DAG apart."""
    text = json.dumps(serialized(pipeline, version))
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def version_name(pipeline: Pipeline, version: int) -> str:
    """Returns the name of a version in findings: Airflow 2 numbers none."""
    return f"version {version}" if pipeline.generation == 3 else f"hash {hash_of(pipeline, version)[:8]}"


def serialized(pipeline: Pipeline, version: int) -> Json:
    """Returns what the column `serialized_dag.data` holds."""
    return _dag_3(pipeline, version) if pipeline.generation == 3 else _dag_2(pipeline, version)


def timetable(pipeline: Pipeline) -> tuple[str, Json]:
    """Returns the class of a DAG's timetable and its values."""
    values: Json = {"expression": pipeline.schedule.cron, "timezone": pipeline.schedule.zone}
    if pipeline.generation == 3:
        return "airflow.timetables.trigger.CronTriggerTimetable", {**values, "interval": 0.0, "run_immediately": False}
    return "airflow.timetables.interval.CronDataIntervalTimetable", values


def schedule_in_words(schedule: Schedule) -> str:
    """Returns a schedule as Airflow's pages say it."""
    time = f"At {schedule.hours[0]:02d}:{schedule.minute:02d}"
    if len(schedule.hours) == 24:
        return f"At {schedule.minute} minutes past the hour" if schedule.minute else "Every hour"
    if len(schedule.hours) > 1:
        return f"At {schedule.minute} minutes past the hour, every {24 // len(schedule.hours)} hours"
    if len(schedule.weekdays) == 1:
        return f"{time}, only on {calendar.day_name[schedule.weekdays[0]]}"
    return f"{time}, Monday through Friday" if schedule.weekdays else time


def command_of(pipeline: Pipeline, task: Task) -> str:
    """Returns the command of a Bash task."""
    return f"run-step {pipeline.dag_id} {task.task_id}"


def _task_group(pipeline: Pipeline) -> Json:
    return {
        "_group_id": None,
        "prefix_group_id": True,
        "tooltip": "",
        "ui_color": "CornflowerBlue",
        "ui_fgcolor": "#000",
        "children": {task.task_id: ["operator", task.task_id] for task in pipeline.tasks},
        "upstream_group_ids": [],
        "downstream_group_ids": [],
        "upstream_task_ids": [],
        "downstream_task_ids": [],
    }


def _default_args(pipeline: Pipeline) -> Json:
    values: Json = {"owner": pipeline.owner}
    emails = sorted({task.email for task in pipeline.tasks if task.email})
    if emails:
        values |= {"email": emails, "email_on_failure": True, "email_on_retry": False}
    return {"__var": values, "__type": "dict"}


def _start(pipeline: Pipeline) -> float:
    return pipeline.started_on.replace(tzinfo=datetime.UTC).timestamp()


def _task_common(pipeline: Pipeline, task: Task) -> Json:
    module, name = OPERATOR_CLASSES[task.operator][pipeline.generation]
    values: Json = {"task_id": task.task_id, "_task_module": module, "_needs_expansion": False}
    values["task_type" if pipeline.generation == 3 else "_task_type"] = name
    if pipeline.owner != "airflow":
        values["owner"] = pipeline.owner
    if task.retries:
        values["retries"] = task.retries
    values["retry_delay"] = float(task.retry_seconds)
    if task.trigger_rule != "all_success":
        values["trigger_rule"] = task.trigger_rule
    if task.email:
        values |= {"email": [task.email], "email_on_retry": False}
    if task.operator == "bash":
        values |= {
            "template_fields": ["bash_command", "env", "cwd"],
            "template_ext": [".sh", ".bash"],
            "template_fields_renderers": {"bash_command": "bash", "env": "json"},
            "bash_command": command_of(pipeline, task),
        }
    elif task.operator in ("sensor", "branch"):
        values |= {"template_fields": ["templates_dict", "op_args", "op_kwargs"], "op_args": [], "op_kwargs": {}}
    return values


def _dag_3(pipeline: Pipeline, version: int) -> Json:
    kind, values = timetable(pipeline)
    dag: Json = {
        "start_date": _start(pipeline),
        "timezone": pipeline.schedule.zone,
        "catchup": False,
        "max_active_runs": 16,
        "task_group": {**_task_group(pipeline), "group_display_name": ""},
        "default_args": _default_args(pipeline),
        "dag_id": pipeline.dag_id,
        "max_active_tasks": 16,
        "doc_md": description_of(pipeline, version),
        "tags": pipeline.tags,
        "max_consecutive_failed_dag_runs": 0,
        "fileloc": f"{FILE_FOLDER}/{file_of(pipeline)}",
        "timetable": {"__type": kind, "__var": values},
        "relative_fileloc": file_of(pipeline),
        "disable_bundle_versioning": False,
        "_processor_dags_folder": FILE_FOLDER,
        "tasks": [{"__var": _task_3(pipeline, task), "__type": "operator"} for task in pipeline.tasks],
        "dag_dependencies": [
            {
                "source": pipeline.dag_id,
                "target": "asset",
                "label": dataset.uri,
                "dependency_type": "asset",
                "dependency_id": f'{{"name": "{dataset.uri}", "uri": "{dataset.uri}"}}',
            }
            for task in pipeline.tasks
            for dataset in task.assets
        ],
        "deadline": None,
        "allowed_run_types": None,
        "edge_info": {},
        "params": [],
    }
    if pipeline.alerting == "dag":
        dag["has_on_failure_callback"] = True
    return {"__version": 3, "dag": dag}


def _task_3(pipeline: Pipeline, task: Task) -> Json:
    values = _task_common(pipeline, task)
    values |= {"has_retry_policy": False, "ui_color": "#f0ede4"}
    if task.downstream:
        values["downstream_task_ids"] = task.downstream
    if task.has_callback:
        values["has_on_failure_callback"] = True
    if task.operator in ("sensor", "branch"):
        values["python_callable_name"] = task.task_id
    if task.operator == "sensor":
        values |= {"_is_sensor": True, "reschedule": True}
    if task.operator == "branch":
        values["_can_skip_downstream"] = True
    if task.assets:
        values["outlets"] = [_asset(dataset) for dataset in task.assets]
    if task.assets and task.inputs:
        values["inlets"] = [_asset(dataset) for dataset in task.inputs]
    return values


def _asset(dataset: Dataset) -> Json:
    values = {"name": dataset.uri, "uri": dataset.uri, "group": "asset", "extra": {}}
    return {"__var": values, "__type": "asset"}


def _dag_2(pipeline: Pipeline, version: int) -> Json:
    kind, values = timetable(pipeline)
    dag: Json = {
        "timezone": pipeline.schedule.zone,
        "start_date": _start(pipeline),
        "timetable": {"__type": kind, "__var": values},
        "default_args": _default_args(pipeline),
        "doc_md": description_of(pipeline, version),
        "_task_group": _task_group(pipeline),
        "_dag_id": pipeline.dag_id,
        "edge_info": {},
        "tags": pipeline.tags,
        "fileloc": f"{FILE_FOLDER}/{file_of(pipeline)}",
        "_processor_dags_folder": FILE_FOLDER,
        "tasks": [{"__var": _task_2(pipeline, task), "__type": "operator"} for task in pipeline.tasks],
        "dag_dependencies": [
            {
                "source": pipeline.dag_id,
                "target": "dataset",
                "dependency_type": "dataset",
                "dependency_id": dataset.uri,
            }
            for task in pipeline.tasks
            for dataset in task.assets
        ],
        "params": [],
    }
    if pipeline.alerting == "dag":
        dag["has_on_failure_callback"] = True
    return {"__version": 1, "dag": dag}


def _task_2(pipeline: Pipeline, task: Task) -> Json:
    values = _task_common(pipeline, task)
    values |= {
        "ui_color": "#f0ede4",
        "ui_fgcolor": "#000",
        "on_failure_fail_dagrun": False,
        "downstream_task_ids": task.downstream,
        "start_from_trigger": False,
        "weight_rule": "downstream",
        "pool": "default_pool",
        "is_setup": False,
        "is_teardown": False,
        "_log_config_logger_name": "airflow.task.operators",
        "_is_empty": False,
        "start_trigger_args": None,
    }
    if task.has_callback:
        values["on_failure_callback"] = CALLBACK_SOURCE
    if task.operator == "sensor":
        values["reschedule"] = True
    if task.assets:
        values["outlets"] = [_dataset(dataset) for dataset in task.assets]
    if task.assets and task.inputs:
        values["inlets"] = [_dataset(dataset) for dataset in task.inputs]
    return values


def _dataset(dataset: Dataset) -> Json:
    return {"__var": {"uri": dataset.uri, "extra": None}, "__type": "dataset"}

"""Write OpenLineage events of a made-up platform, as many as wanted, the same for the same seed.

The mix is that of a platform whose Airflow runs SQL tasks, dbt projects and Spark applications:
DAG and task events with datasets, schemas and column lineage, dbt runs with models and tests,
Spark applications with their SQL jobs. Some tasks fail and are tried again, some runs never end,
events arrive out of order, and some arrive twice. Memory stays flat whatever the number.
"""

from __future__ import annotations

import argparse
import gzip
import heapq
import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

Event = dict[str, Any]
Timed = tuple[datetime, Event]

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
AIRFLOW = "https://github.com/apache/airflow/tree/providers-openlineage/2.20.3"
DBT = "https://github.com/OpenLineage/OpenLineage/tree/1.54.0/integration/dbt"
SPARK = "https://github.com/OpenLineage/OpenLineage/tree/1.23.0/integration/spark"
SCHEMA_URL = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
WAREHOUSE = "postgres://warehouse.example.com:5432"
LAKE = "s3://lake.example.com"
TYPES = ["bigint", "integer", "text", "numeric(16,2)", "timestamp", "date", "boolean"]
WORDS = ["order", "customer", "payment", "item", "region", "price", "status", "channel", "amount"]

REPEATED_SHARE = 0.01
LATE_SHARE = 0.05
UNENDED_SHARE = 0.002
FAILED_SHARE = 0.03


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")


def bare(datasets: list[Event] | None) -> list[Event]:
    return [{"namespace": one["namespace"], "name": one["name"]} for one in datasets or []]


class Platform:
    """The jobs and datasets that there are, and the runs they have."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.tables = [self._table(number) for number in range(1500)]
        self.dags = [self._dag(number) for number in range(300)]
        self.projects = [self._project(number) for number in range(10)]
        self.applications = [f"application_{number:03d}" for number in range(60)]

    def _table(self, number: int) -> Event:
        columns = [
            {"name": f"{self.random.choice(WORDS)}_{index}", "type": self.random.choice(TYPES)}
            for index in range(self.random.randint(2, 4))
        ]
        return {"name": f"shop.layer_{number % 5}.table_{number:04d}", "fields": columns}

    def _dag(self, number: int) -> Event:
        tasks = []
        for index in range(self.random.randint(2, 9)):
            tasks.append(
                {
                    "task_id": f"task_{index}",
                    "inputs": self.random.sample(self.tables, self.random.choice([0, 0, 1, 1, 2])),
                    "output": self.random.choice(self.tables) if index % 3 else None,
                    "mapped": 4 if self.random.random() < 0.03 else 0,
                }
            )
        return {"dag_id": f"dag_{number:03d}", "owner": f"team-{number % 12}", "tasks": tasks}

    def _project(self, number: int) -> Event:
        models = self.random.sample(self.tables, 25)
        return {"name": f"project_{number}", "models": models}

    def uuid(self, at: datetime) -> str:
        """An id of version 7, which begins with the time, as OpenLineage's clients make them."""
        text = f"{int(at.timestamp() * 1000):012x}{self.random.getrandbits(80):020x}"
        return f"{text[:8]}-{text[8:12]}-7{text[13:16]}-a{text[17:20]}-{text[20:]}"

    def facet(self, producer: str, /, **fields: Any) -> Event:
        return {"_producer": producer.partition("/tree/")[0], **fields}

    def event(
        self,
        at: datetime,
        kind: str,
        producer: str,
        run_id: str,
        run_facets: Event,
        job: tuple[str, str],
        job_facets: Event,
        inputs: list[Event] | None = None,
        outputs: list[Event] | None = None,
    ) -> Timed:
        return at, {
            "eventTime": iso(at),
            "eventType": kind,
            "run": {"runId": run_id, "facets": run_facets},
            "job": {"namespace": job[0], "name": job[1], "facets": job_facets},
            "inputs": bare(inputs) if kind == "START" else inputs or [],
            "outputs": bare(outputs) if kind == "START" else outputs or [],
            "producer": producer,
            "schemaURL": SCHEMA_URL,
        }

    def dataset(self, table: Event, producer: str, namespace: str = WAREHOUSE) -> Event:
        fields = self.facet(producer, fields=table["fields"])
        return {"namespace": namespace, "name": table["name"], "facets": {"schema": fields}}

    def written(self, table: Event, source: Event | None, producer: str, rows: bool) -> Event:
        dataset = self.dataset(table, producer)
        if source:
            lineage = {
                column["name"]: {
                    "inputFields": [
                        {
                            "namespace": WAREHOUSE,
                            "name": source["name"],
                            "field": source["fields"][index % len(source["fields"])]["name"],
                        }
                    ]
                }
                for index, column in enumerate(table["fields"][:2])
            }
            dataset["facets"]["columnLineage"] = self.facet(producer, fields=lineage)
        if rows:
            count = self.random.randint(0, 100_000)
            dataset["outputFacets"] = {"outputStatistics": self.facet(producer, rowCount=count, size=count * 80)}
        return dataset

    def job_type(self, producer: str, integration: str, kind: str) -> Event:
        return self.facet(
            producer,
            processingType="BATCH",
            integration=integration,
            jobType=kind,
        )

    def airflow_run(self, at: datetime) -> Iterator[Timed]:
        dag = self.random.choice(self.dags)
        namespace, dag_id = "airflow-prod", dag["dag_id"]
        logical = iso(at.replace(second=0, microsecond=0))
        dag_run = {
            "run_id": f"scheduled__{iso(at)}",
            "run_type": "scheduled",
            "logical_date": logical,
            "data_interval_start": logical,
            "data_interval_end": logical,
            "run_after": logical,
            "start_date": iso(at),
            "clear_number": 0,
        }
        run_id = self.uuid(at)
        facet = self.facet(AIRFLOW, dag={"dag_id": dag_id}, dagRun=dag_run)
        owners = {"ownership": self.facet(AIRFLOW, owners=[{"name": dag["owner"]}])}
        nominal = self.facet(AIRFLOW, nominalStartTime=logical, nominalEndTime=logical)
        dag_job = {"jobType": self.job_type(AIRFLOW, "AIRFLOW", "DAG"), **owners}
        base = {"airflowDagRun": facet, "nominalTime": nominal}
        yield self.event(at, "START", AIRFLOW, run_id, base, (namespace, dag_id), dag_job)
        moment, states = at, {}
        for task in dag["tasks"]:
            for map_index in range(task["mapped"]) if task["mapped"] else [-1]:
                for try_number in (1, 2):
                    moment += timedelta(seconds=self.random.randint(1, 5))
                    failed = self.random.random() < FAILED_SHARE
                    yield from self.airflow_task(dag, task, (run_id, dag_run), (map_index, try_number), moment, failed)
                    moment += timedelta(seconds=self.random.randint(5, 300))
                    states[task["task_id"]] = "failed" if failed else "success"
                    if not failed:
                        break
        failed = "failed" in states.values()
        end = {**base, "airflowState": {"dagRunState": "failed", "tasksState": states}}
        if self.random.random() >= UNENDED_SHARE:
            kind = "FAIL" if failed else "COMPLETE"
            yield self.event(moment, kind, AIRFLOW, run_id, end, (namespace, dag_id), dag_job)

    def airflow_task(
        self,
        dag: Event,
        task: Event,
        parent: tuple[str, Event],
        attempt: tuple[int, int],
        at: datetime,
        failed: bool,
    ) -> Iterator[Timed]:
        parent_id, dag_run = parent
        map_index, try_number = attempt
        namespace, dag_id = "airflow-prod", dag["dag_id"]
        instance = {"try_number": try_number, "pool": "default_pool"}
        if map_index >= 0:
            instance["map_index"] = map_index
        parent_job = {"namespace": namespace, "name": dag_id}
        facets = {
            "airflow": self.facet(
                AIRFLOW,
                dag={"dag_id": dag_id, "owner": dag["owner"]},
                dagRun=dag_run,
                task={"task_id": task["task_id"], "operator_class": "SQLExecuteQueryOperator"},
                taskInstance=instance,
            ),
            "parent": self.facet(
                AIRFLOW,
                run={"runId": parent_id},
                job=parent_job,
                root={"run": {"runId": parent_id}, "job": parent_job},
            ),
        }
        job = {
            "jobType": self.job_type(AIRFLOW, "AIRFLOW", "TASK"),
            "ownership": self.facet(AIRFLOW, owners=[{"name": dag["owner"]}]),
        }
        inputs = [self.dataset(table, AIRFLOW) for table in task["inputs"]]
        outputs = []
        if task["output"]:
            source = task["inputs"][0] if task["inputs"] else None
            outputs = [self.written(task["output"], source, AIRFLOW, False)]
            job["sql"] = self.facet(
                AIRFLOW,
                query=f"insert into {task['output']['name']} select * from staging.source_{dag_id} "
                f"where day = '{iso(at)[:10]}'",
            )
        name = (namespace, f"{dag_id}.{task['task_id']}")
        run_id = self.uuid(at)
        yield self.event(at, "START", AIRFLOW, run_id, facets, name, job, inputs, outputs)
        if self.random.random() < UNENDED_SHARE:
            return
        at += timedelta(seconds=self.random.randint(1, 200))
        if failed:
            message = self.facet(AIRFLOW, message=f"relation {dag_id} is locked")
            facets = {**facets, "errorMessage": message}
        kind = "FAIL" if failed else "COMPLETE"
        yield self.event(at, kind, AIRFLOW, run_id, facets, name, job, inputs, outputs)

    def dbt_run(self, at: datetime) -> Iterator[Timed]:
        project = self.random.choice(self.projects)
        namespace, root = "dbt-prod", f"dbt-run-{project['name']}"
        run_id = self.uuid(at)
        dbt = self.facet(DBT, invocation_id=self.uuid(at), project_name=project["name"])
        job = {"jobType": self.job_type(DBT, "DBT", "JOB")}
        yield self.event(at, "START", DBT, run_id, {"dbt_run": dbt}, (namespace, root), job)
        parent_job = {"namespace": namespace, "name": root}
        parent = self.facet(DBT, run={"runId": run_id}, job=parent_job)
        facets = {"dbt_run": dbt, "parent": parent}
        moment = at
        source: Event | None = None
        for table in project["models"]:
            failed = self.random.random() < FAILED_SHARE
            model = table["name"].rsplit(".", 1)[-1]
            unique_id = f"model.{project['name']}.{model}"
            node = self.facet(DBT, unique_id=unique_id, schema="marts", alias=model)
            job = {
                "jobType": self.job_type(DBT, "DBT", "MODEL"),
                "dbt_node": node,
                "sql": self.facet(DBT, dialect="postgres", query=f"select * from {model}"),
            }
            inputs: list[Event] = [self.dataset(source, DBT)] if source else []
            outputs = [self.written(table, source, DBT, not failed)]
            name = (namespace, f"{table['name']}.build.run")
            child = self.uuid(moment)
            yield self.event(moment, "START", DBT, child, facets, name, job, inputs, outputs)
            moment += timedelta(seconds=self.random.randint(1, 20))
            kind = "FAIL" if failed else "COMPLETE"
            yield self.event(moment, kind, DBT, child, facets, name, job, inputs, outputs)
            yield from self.dbt_test(project, table, facets, moment, failed)
            source = table
        job = {"jobType": self.job_type(DBT, "DBT", "JOB")}
        yield self.event(moment, "COMPLETE", DBT, run_id, {"dbt_run": dbt}, (namespace, root), job)

    def dbt_test(self, project: Event, table: Event, facets: Event, at: datetime, failed: bool) -> Iterator[Timed]:
        model = table["name"].rsplit(".", 1)[-1]
        column = table["fields"][0]["name"]
        assertion = {"assertion": "unique", "column": column, "name": f"unique_{model}_{column}"}
        verdict = {**assertion, "severity": "error", "success": not failed, "actual": "0"}
        quality = {"dataQualityAssertions": self.facet(DBT, assertions=[verdict])}
        dataset = {"namespace": WAREHOUSE, "name": table["name"], "facets": quality}
        dataset["inputFacets"] = quality
        unique_id = f"model.{project['name']}.{model}"
        job = {
            "jobType": self.job_type(DBT, "DBT", "TEST"),
            "dbt_node": self.facet(DBT, unique_id=unique_id),
        }
        name = ("dbt-prod", f"{table['name']}.build.test")
        run_id = self.uuid(at)
        yield self.event(at, "START", DBT, run_id, facets, name, job, [dataset])
        at += timedelta(seconds=1)
        kind = "FAIL" if failed else "COMPLETE"
        yield self.event(at, kind, DBT, run_id, facets, name, job, [dataset])

    def spark_run(self, at: datetime) -> Iterator[Timed]:
        application = self.random.choice(self.applications)
        namespace = "spark-prod"
        run_id = self.uuid(at)
        engine = self.facet(SPARK, name="spark", version="3.5.1")
        job = {"jobType": self.job_type(SPARK, "SPARK", "APPLICATION")}
        facets = {"processing_engine": engine}
        yield self.event(at, "START", SPARK, run_id, facets, (namespace, application), job)
        parent_job = {"namespace": namespace, "name": application}
        parent = self.facet(SPARK, run={"runId": run_id}, job=parent_job)
        child_facets = {"processing_engine": engine, "parent": parent}
        job = {"jobType": self.job_type(SPARK, "SPARK", "SQL_JOB")}
        moment = at
        for _ in range(self.random.randint(1, 4)):
            source, target = self.random.sample(self.tables, 2)
            inputs = [self.lake_dataset(source)]
            outputs = [self.lake_dataset(target)]
            name = (namespace, f"{application}.execute_insert.{target['name'].replace('.', '_')}")
            child = self.uuid(moment)
            moment += timedelta(seconds=self.random.randint(1, 30))
            yield self.event(moment, "START", SPARK, child, child_facets, name, job, inputs, [])
            moment += timedelta(seconds=self.random.randint(1, 30))
            yield self.event(moment, "RUNNING", SPARK, child, child_facets, name, job, inputs, outputs)
            moment += timedelta(seconds=self.random.randint(1, 30))
            count = self.random.randint(0, 100_000)
            statistics = self.facet(SPARK, rowCount=count, size=count * 64)
            ended = [{**outputs[0], "outputFacets": {"outputStatistics": statistics}}]
            yield self.event(moment, "COMPLETE", SPARK, child, child_facets, name, job, [], ended)
        job = {"jobType": self.job_type(SPARK, "SPARK", "APPLICATION")}
        yield self.event(moment, "COMPLETE", SPARK, run_id, facets, (namespace, application), job)

    def lake_dataset(self, table: Event) -> Event:
        dataset = self.dataset(table, SPARK, LAKE)
        dataset["name"] = "warehouse/" + table["name"].replace(".", "/")
        identifier = {"namespace": "hive://metastore:9083", "name": table["name"], "type": "TABLE"}
        dataset["facets"]["symlinks"] = self.facet(SPARK, identifiers=[identifier])
        return dataset

    def runs(self) -> Iterator[Timed]:
        kinds: list[Callable[[datetime], Iterator[Timed]]]
        kinds = [self.airflow_run, self.dbt_run, self.spark_run]
        at = EPOCH
        while True:
            at += timedelta(seconds=self.random.randint(5, 60))
            yield from self.random.choices(kinds, weights=[86, 2, 12])[0](at)

    def deliveries(self) -> Iterator[str]:
        """The events in the order in which they arrive, as lines."""
        waiting: list[tuple[datetime, int, str]] = []
        for number, (at, event) in enumerate(self.runs()):
            line = json.dumps(event, separators=(",", ":"))
            delay = 120.0 if self.random.random() < LATE_SHARE else 0.5
            arrival = at + timedelta(seconds=self.random.random() * delay)
            heapq.heappush(waiting, (arrival, number, line))
            if self.random.random() < REPEATED_SHARE:
                heapq.heappush(waiting, (arrival + timedelta(seconds=30), number, line))
            while len(waiting) > 20_000:
                yield heapq.heappop(waiting)[2]


def open_part(folder: Path, number: int, compress: bool) -> TextIO:
    name = f"events-{number:05d}.ndjson"
    if compress:
        return gzip.open(folder / f"{name}.gz", "wt", encoding="utf-8", compresslevel=3)
    return (folder / name).open("w", encoding="utf-8")


def write(lines: Iterator[str], folder: Path, events: int, per_file: int, compress: bool) -> int:
    """Write the next events to files; return how many bytes of events they hold."""
    folder.mkdir(parents=True, exist_ok=True)
    size, part = 0, None
    for number in range(events):
        if number % per_file == 0:
            if part:
                part.close()
            part = open_part(folder, number // per_file, compress)
        line = next(lines)
        size += len(line) + 1
        assert part is not None
        part.write(line + "\n")
    if part:
        part.close()
    return size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the files go")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--per-file", type=int, default=100_000, help="events in one file")
    parser.add_argument("--gzip", action="store_true", help="compress the files")
    arguments = parser.parse_args()
    lines = Platform(arguments.seed).deliveries()
    size = write(lines, arguments.folder, arguments.events, arguments.per_file, arguments.gzip)
    print(f"{arguments.events:,} events, {size / 1e6:,.0f} MB, in {arguments.folder}")


if __name__ == "__main__":
    main()

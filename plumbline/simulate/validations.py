"""Validations of Great Expectations, as its OpenLineage integration tells of them: one event each, always COMPLETE."""

from __future__ import annotations

import datetime
import json
from typing import Any

from plumbline.simulate.output import Days
from plumbline.simulate.random_streams import fixed_uuid
from plumbline.simulate.runs import Run
from plumbline.simulate.world import WAREHOUSE

Json = dict[str, Any]

_CLIENT = "https://github.com/OpenLineage/OpenLineage/tree/1.54.0/client/python"
_PRODUCER = (
    "https://github.com/OpenLineage/OpenLineage/tree/1.54.0/integration/common/src/openlineage/common/provider/"
    "great_expectations"
)
_SCHEMAS = "https://github.com/OpenLineage/OpenLineage/tree/main/integration/common/openlineage/common/provider"
_SPEC = "https://openlineage.io/spec"
_USUAL_NULLS = 0.01


def send_validation(events: Days, run: Run) -> None:
    """Sends the validation of what a run wrote, a little after it ended."""
    ended_at = run.main.ended_at
    if not run.pipeline.is_profiled or run.main.state != "success" or ended_at is None:
        return
    at = ended_at + datetime.timedelta(seconds=20)
    line = json.dumps(_event(run, at), sort_keys=True)
    events.add(at, lambda: line)


def _event(run: Run, at: datetime.datetime) -> Json:
    dataset = run.pipeline.outputs[0]
    rows = run.main.rows or 0
    numbers = run.world.numbers("validation", run.pipeline.dag_id, run.scheduled_at)
    nulls = {column.name: run.null_shares.get(column.name, _USUAL_NULLS) for column in dataset.columns[1:]}
    metrics: Json = {dataset.columns[0].name: {"nullCount": 0, "quantiles": {}}}
    for name, share in nulls.items():
        metrics[name] = {"nullCount": round(rows * share * numbers.uniform(0.9, 1.1)), "quantiles": {}}
    quality = {
        "_producer": _CLIENT,
        "_schemaURL": f"{_SPEC}/facets/1-0-3/DataQualityMetricsInputDatasetFacet.json"
        "#/$defs/DataQualityMetricsInputDatasetFacet",
        "columnMetrics": metrics,
        "rowCount": rows,
    }
    batch = {
        "batch_identifiers": {},
        "data_asset_name": dataset.table,
        "data_connector_name": "fluent",
        "datasource_name": "warehouse",
    }
    validation: Json = {
        "active_batch_definition": batch,
        "batch_markers": {"ge_load_time": f"{at:%Y%m%dT%H%M%S.%fZ}"},
        "batch_spec": {
            "batch_identifiers": {},
            "data_asset_name": dataset.table,
            "table_name": dataset.table,
            "type": "table",
        },
        "expectation_suite_name": f"{dataset.table}_suite",
        "great_expectations_version": "1.24.1",
        "run_id": {"run_time": f"{at.isoformat(timespec='microseconds')}+00:00"},
        "validation_time": f"{at:%Y%m%dT%H%M%S.%fZ}",
    }
    return {
        "eventTime": f"{at.isoformat(timespec='microseconds')}+00:00",
        "eventType": "COMPLETE",
        "inputs": [
            {
                "facets": {
                    "dataSource": {
                        "_producer": _CLIENT,
                        "_schemaURL": f"{_SPEC}/facets/1-0-1/DatasourceDatasetFacet.json#/$defs/DatasourceDatasetFacet",
                        "name": WAREHOUSE,
                        "uri": WAREHOUSE,
                    },
                    "schema": {
                        "_producer": _CLIENT,
                        "_schemaURL": f"{_SPEC}/facets/1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet",
                        "fields": [
                            {"fields": [], "name": column.name, "type": column.type.upper()}
                            for column in dataset.columns
                        ],
                    },
                },
                "inputFacets": {
                    "dataQuality": quality,
                    "dataQualityMetrics": quality,
                    "greatExpectations_assertions": {
                        "_producer": _CLIENT,
                        "_schemaURL": f"{_SCHEMAS}/ge-assertions-dataset-facet.json",
                        "assertions": [
                            {
                                "column": dataset.columns[0].name,
                                "expectationType": "expect_column_values_to_not_be_null",
                                "success": True,
                            }
                        ],
                    },
                },
                "name": dataset.name,
                "namespace": WAREHOUSE,
            }
        ],
        "job": {"facets": {}, "name": f"gx_{dataset.table}", "namespace": "gx-retail"},
        "outputs": [],
        "producer": _PRODUCER,
        "run": {
            "facets": {
                "great_expectations_meta": {
                    "_producer": _CLIENT,
                    "_schemaURL": f"{_SCHEMAS}/ge-run-facet.json",
                    **validation,
                    "expectation_suite_meta": validation,
                }
            },
            "runId": fixed_uuid(at, f"gx:{dataset.name}"),
        },
        "schemaURL": f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent",
    }

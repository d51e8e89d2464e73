"""Runs plumbline every fifteen minutes, from an environment of its own that Airflow does not share.

Put this file into the DAGs folder. It needs plumbline in /opt/plumbline on the workers, or where the
variable PLUMBLINE_HOME of the workers says; the connection `plumbline_warehouse` (PostgreSQL), and
`plumbline_airflow_database`, Airflow's own database with the reader that docs/feeds/airflow.md creates.
"""

from __future__ import annotations

import datetime

try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.sdk import DAG
except ImportError:  # Airflow 2
    from airflow.models.dag import DAG
    from airflow.operators.bash import BashOperator

# plumbline's exit code where another process writes to the warehouse.
LOCKED = 75

with DAG(
    dag_id="plumbline",
    description="Measures and audits the platform from its metadata.",
    schedule="*/15 * * * *",
    start_date=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=datetime.timedelta(hours=3),
    default_args={"owner": "data-platform"},
    tags=["plumbline"],
) as dag:
    BashOperator(
        task_id="run",
        # exec, so that the signal of a task that is stopped reaches plumbline.
        bash_command=(
            'cd "${PLUMBLINE_HOME:-/opt/plumbline}" && '
            "exec .venv/bin/plumbline run --config plumbline.yml --target prod"
        ),
        env={
            "PLUMBLINE_PG_HOST": "{{ conn.plumbline_warehouse.host }}",
            "PLUMBLINE_PG_PORT": "{{ conn.plumbline_warehouse.port or 5432 }}",
            "PLUMBLINE_PG_USER": "{{ conn.plumbline_warehouse.login }}",
            "PLUMBLINE_PG_PASSWORD": "{{ conn.plumbline_warehouse.password }}",
            "PLUMBLINE_PG_DATABASE": "{{ conn.plumbline_warehouse.schema }}",
            "AIRFLOW_DB_URL": "{{ conn.plumbline_airflow_database.get_uri() }}",
        },
        append_env=True,
        skip_on_exit_code=LOCKED,
        retries=1,
        retry_delay=datetime.timedelta(minutes=5),
        execution_timeout=datetime.timedelta(hours=3),
    )

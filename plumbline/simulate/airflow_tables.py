"""The tables of Airflow's metadata database that are exported, with their columns, by major version."""

from __future__ import annotations

TABLES: dict[int, dict[str, list[str]]] = {2: {}, 3: {}}

# Airflow 3.3.2
TABLES[3] = {
    "alembic_version": """
        version_num
    """.split(),
    "asset": """
        id name uri group extra created_at updated_at
    """.split(),
    "asset_event": """
        id asset_id extra source_task_id source_dag_id source_run_id source_map_index timestamp
        partition_key
    """.split(),
    "backfill": """
        id dag_id from_date to_date dag_run_conf is_paused reprocess_behavior max_active_runs created_at
        completed_at updated_at triggering_user_name
    """.split(),
    "callback": """
        id type fetch_method data bundle_name state output priority_weight created_at trigger_id
    """.split(),
    "dag": """
        dag_id is_paused is_stale exceeds_max_non_backfill last_parsed_time last_parse_duration
        last_expired fileloc relative_fileloc bundle_name bundle_version owners dag_display_name
        description timetable_type timetable_summary timetable_description timetable_partitioned
        timetable_periodic partition_mapper_info asset_expression deadline max_active_tasks
        max_active_runs max_consecutive_failed_dag_runs has_task_concurrency_limits has_import_errors
        fail_fast allowed_run_types next_dagrun next_dagrun_data_interval_start
        next_dagrun_data_interval_end next_dagrun_partition_key next_dagrun_partition_date
        next_dagrun_create_after
    """.split(),
    "dag_run": """
        id dag_id queued_at logical_date start_date end_date state run_id creating_job_id run_type
        triggered_by triggering_user_name conf data_interval_start data_interval_end run_after
        last_scheduling_decision log_template_id created_at updated_at clear_number backfill_id
        bundle_version scheduled_by_job_id context_carrier span_status created_dag_version_id
        partition_key partition_date
    """.split(),
    "dag_schedule_asset_reference": """
        asset_id dag_id allow_producer_teams allow_global_producers created_at updated_at
    """.split(),
    "dag_tag": """
        name dag_id
    """.split(),
    "dag_version": """
        id version_number dag_id bundle_name bundle_version version_data created_at last_updated
    """.split(),
    "dagrun_asset_event": """
        dag_run_id event_id
    """.split(),
    "deadline": """
        id created_at last_updated_at dagrun_id deadline_time missed callback_id deadline_alert_id
    """.split(),
    "deadline_alert": """
        id created_at serialized_dag_id name description reference interval callback_def
    """.split(),
    "import_error": """
        id timestamp filename bundle_name stacktrace
    """.split(),
    "job": """
        id dag_id state job_type start_date end_date latest_heartbeat executor_class hostname unixname
    """.split(),
    "log": """
        id dttm dag_id task_id map_index event logical_date run_id owner owner_display_name extra
        try_number
    """.split(),
    "serialized_dag": """
        id dag_id data data_compressed created_at last_updated dag_hash dag_version_id
    """.split(),
    "task_inlet_asset_reference": """
        asset_id dag_id task_id created_at updated_at
    """.split(),
    "task_instance": """
        id task_id dag_id run_id map_index start_date end_date duration state try_number max_tries
        hostname unixname pool pool_slots queue priority_weight operator custom_operator_name
        queued_dttm scheduled_dttm queued_by_job_id last_heartbeat_at pid executor updated_at
        rendered_map_index context_carrier span_status external_executor_id trigger_id trigger_timeout
        next_method next_kwargs task_display_name dag_version_id retry_delay_override retry_reason
    """.split(),
    "task_instance_history": """
        task_instance_id task_id dag_id run_id map_index try_number start_date end_date duration state
        max_tries hostname unixname pool pool_slots queue priority_weight operator custom_operator_name
        queued_dttm scheduled_dttm queued_by_job_id pid executor updated_at rendered_map_index
        context_carrier span_status external_executor_id trigger_id trigger_timeout next_method
        next_kwargs task_display_name dag_version_id retry_delay_override retry_reason
    """.split(),
    "task_outlet_asset_reference": """
        asset_id dag_id task_id allow_consumer_teams allow_global_consumers created_at updated_at
    """.split(),
    "task_reschedule": """
        id ti_id start_date end_date duration reschedule_date
    """.split(),
}

# Airflow 2.10.5
TABLES[2] = {
    "alembic_version": """
        version_num
    """.split(),
    "dag": """
        dag_id root_dag_id is_paused is_subdag is_active last_parsed_time last_pickled last_expired
        scheduler_lock pickle_id fileloc processor_subdir owners dag_display_name description
        default_view schedule_interval timetable_description dataset_expression max_active_tasks
        max_active_runs max_consecutive_failed_dag_runs has_task_concurrency_limits has_import_errors
        next_dagrun next_dagrun_data_interval_start next_dagrun_data_interval_end
        next_dagrun_create_after
    """.split(),
    "dag_run": """
        id dag_id queued_at execution_date start_date end_date state run_id creating_job_id
        external_trigger run_type data_interval_start data_interval_end last_scheduling_decision
        dag_hash log_template_id updated_at clear_number
    """.split(),
    "dag_schedule_dataset_reference": """
        dataset_id dag_id created_at updated_at
    """.split(),
    "dag_tag": """
        name dag_id
    """.split(),
    "dagrun_dataset_event": """
        dag_run_id event_id
    """.split(),
    "dataset": """
        id uri extra created_at updated_at is_orphaned
    """.split(),
    "dataset_event": """
        id dataset_id extra source_task_id source_dag_id source_run_id source_map_index timestamp
    """.split(),
    "import_error": """
        id timestamp filename stacktrace processor_subdir
    """.split(),
    "job": """
        id dag_id state job_type start_date end_date latest_heartbeat executor_class hostname unixname
    """.split(),
    "log": """
        id dttm dag_id task_id map_index event execution_date run_id owner owner_display_name extra
        try_number
    """.split(),
    "serialized_dag": """
        dag_id fileloc fileloc_hash data data_compressed last_updated dag_hash processor_subdir
    """.split(),
    "sla_miss": """
        task_id dag_id execution_date email_sent timestamp description notification_sent
    """.split(),
    "task_fail": """
        id task_id dag_id run_id map_index start_date end_date duration
    """.split(),
    "task_instance": """
        task_id dag_id run_id map_index start_date end_date duration state try_number max_tries hostname
        unixname job_id pool pool_slots queue priority_weight operator custom_operator_name queued_dttm
        queued_by_job_id pid executor updated_at rendered_map_index external_executor_id trigger_id
        trigger_timeout next_method next_kwargs task_display_name
    """.split(),
    "task_instance_history": """
        id task_id dag_id run_id map_index try_number start_date end_date duration state max_tries
        hostname unixname job_id pool pool_slots queue priority_weight operator custom_operator_name
        queued_dttm queued_by_job_id pid executor updated_at rendered_map_index external_executor_id
        trigger_id trigger_timeout next_method next_kwargs task_display_name
    """.split(),
    "task_outlet_dataset_reference": """
        dataset_id dag_id task_id created_at updated_at
    """.split(),
    "task_reschedule": """
        id task_id dag_id run_id map_index try_number start_date end_date duration reschedule_date
    """.split(),
}

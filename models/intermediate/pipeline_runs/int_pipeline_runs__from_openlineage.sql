with

identified as (
    select * from {{ ref('int_openlineage_runs__identified') }}
    where {{ is_touched() }}
),

merged as (
    select * from {{ ref('int_openlineage_runs__merged') }}
),

runs as (
    select
        identified.platform,
        identified.platform_instance,
        identified.pipeline_name,
        identified.run_id as native_run_id,
        identified.is_pipeline_run,
        coalesce(merged.airflow_logical_at, merged.nominal_start_at) as logical_at,
        coalesce(merged.airflow_data_interval_start_at, merged.nominal_start_at) as data_interval_start_at,
        coalesce(merged.airflow_data_interval_end_at, merged.nominal_end_at) as data_interval_end_at,
        merged.*
    from identified
    inner join merged
        on identified.source_name = merged.source_name and identified.openlineage_run_id = merged.run_id
),

-- A DAG run that was cleared has one id a life; its last life is what Airflow itself remembers.
lives as (
    select
        *,
        row_number() over (
            partition by source_name, platform, platform_instance, pipeline_name, native_run_id
            order by coalesce(airflow_clear_number, -1) desc, last_seen_at desc, run_id desc
        ) as recency
    from runs
    where is_pipeline_run
),

heard as (
    select * from lives
    where recency = 1
),

parts as (
    select
        source_name,
        platform,
        platform_instance,
        pipeline_name,
        native_run_id,
        max(airflow_run_type) as airflow_run_type,
        {%- for column in ['logical_at', 'data_interval_start_at', 'data_interval_end_at'] %}
            max(airflow_{{ column }}) as {{ column }},
        {%- endfor %}
        max(airflow_run_after_at) as airflow_run_after_at,
        coalesce(max(airflow_start_at), min(coalesce(started_at, first_seen_at))) as first_started_at,
        max(last_seen_at) as last_seen_at
    from runs
    where not is_pipeline_run
    group by 1, 2, 3, 4, 5
),

-- A run of which only its parts were heard is there all the same; how it stands nobody said.
final as (
    select
        {%- for column in ['platform', 'platform_instance', 'pipeline_name', 'source_name'] %}
            cast(coalesce(heard.{{ column }}, parts.{{ column }}) as text) as {{ column }},
        {%- endfor %}
        cast(coalesce(heard.native_run_id, parts.native_run_id) as text) as run_id,
        cast('openlineage' as text) as feed,
        cast(
            replace(coalesce(heard.airflow_run_type, parts.airflow_run_type), 'dataset_triggered', 'asset_triggered')
            as text
        ) as run_type,
        {%- for column in ['logical_at', 'data_interval_start_at', 'data_interval_end_at'] %}
            cast(coalesce(heard.{{ column }}, parts.{{ column }}) as timestamp) as {{ column }},
        {%- endfor %}
        cast(
            coalesce(
                heard.airflow_run_after_at, parts.airflow_run_after_at, heard.airflow_data_interval_end_at,
                parts.data_interval_end_at, heard.logical_at, parts.logical_at
            ) as timestamp
        ) as scheduled_at,
        cast(null as timestamp) as queued_at,
        cast(
            coalesce(heard.started_at, case when heard.run_id is null then parts.first_started_at end) as timestamp
        ) as started_at,
        cast(heard.ended_at as timestamp) as ended_at,
        cast(greatest(heard.last_seen_at, parts.last_seen_at) as timestamp) as last_seen_at,
        cast(heard.reported_state as text) as reported_state,
        cast(heard.state as text) as state,
        cast(heard.airflow_clear_number as integer) as clear_number,
        cast(heard.error_message as text) as error_message,
        cast(heard.parent_run_id as text) as parent_run_id_openlineage,
        cast(heard.processing_type as text) as processing_type,
        cast(heard.run_id as text) as openlineage_run_id,
        heard.run_id is null as is_inferred
    from heard
    full outer join parts
        on
            heard.source_name = parts.source_name
            and heard.platform = parts.platform and heard.platform_instance = parts.platform_instance
            and heard.pipeline_name = parts.pipeline_name and heard.native_run_id = parts.native_run_id
)

select * from final

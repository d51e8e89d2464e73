{{ config(materialized='incremental', incremental_strategy='rebuild_touched_runs') }}

with

airflow_runs as (

    select * from {{ ref('int_pipeline_runs__from_airflow') }}
    where {{ is_touched(pipeline_run_key()) }}

),

dbt_runs as (

    select * from {{ ref('int_pipeline_runs__from_dbt') }}
    where {{ is_touched(pipeline_run_key()) }}

),

openlineage_runs as (

    select * from {{ ref('int_pipeline_runs__from_openlineage') }}

),

inferred_runs as (

    select * from {{ ref('int_pipeline_runs__inferred') }}

),

{% set columns -%}
    platform, platform_instance, pipeline_name, run_id, feed, source_name, run_type, logical_at, data_interval_start_at,
    data_interval_end_at, scheduled_at, queued_at, started_at, ended_at, last_seen_at, reported_state, state,
    clear_number, error_message, parent_run_id_openlineage, processing_type
{%- endset %}

unioned as (

    select {{ columns }} from airflow_runs
    union all
    select {{ columns }} from dbt_runs
    union all
    select {{ columns }} from openlineage_runs
    union all
    select {{ columns }} from inferred_runs

),

merged as (

    select
        platform,
        platform_instance,
        pipeline_name,
        run_id,
        {{ of_own_feed('source_name') }} as source_name,
        {{ seen_by('feed') }} as seen_by,
        {{ of_own_feed('run_type') }} as run_type,
        {{ of_own_feed('logical_at') }} as logical_at,
        {{ of_own_feed('data_interval_start_at') }} as data_interval_start_at,
        {{ of_own_feed('data_interval_end_at') }} as data_interval_end_at,
        {{ of_own_feed('scheduled_at') }} as scheduled_at,
        {{ of_own_feed('queued_at') }} as queued_at,
        coalesce(
            min(started_at) filter (where feed = platform), min(started_at) filter (where feed <> platform)
        ) as started_at,
        {{ of_own_feed('ended_at') }} as ended_at,
        max(last_seen_at) as last_seen_at,
        {{ of_own_feed('reported_state') }} as reported_state,
        max(state) filter (where feed = platform and feed <> 'openlineage') as own_state,
        (
            array_agg(state order by last_seen_at desc, state asc)
            filter (where feed = 'openlineage' and state is not null)
        )[1] as lineage_state,
        max(clear_number) as clear_number,
        {{ of_own_feed('error_message') }} as error_message,
        max(parent_run_id_openlineage) as parent_run_id_openlineage,
        {{ of_own_feed('processing_type') }} as processing_type
    from unioned
    group by 1, 2, 3, 4

),

final as (

    select
        {{ pipeline_run_key() }} as pipeline_run_key,
        {{ pipeline_key() }} as pipeline_key,
        cast(platform as text) as platform,
        cast(platform_instance as text) as platform_instance,
        cast(pipeline_name as text) as pipeline_name,
        cast(run_id as text) as run_id,
        cast(source_name as text) as source_name,
        cast(seen_by as text) as seen_by,
        cast(run_type as text) as run_type,
        cast(logical_at as timestamp) as logical_at,
        cast(data_interval_start_at as timestamp) as data_interval_start_at,
        cast(data_interval_end_at as timestamp) as data_interval_end_at,
        cast(scheduled_at as timestamp) as scheduled_at,
        cast(queued_at as timestamp) as queued_at,
        cast(started_at as timestamp) as started_at,
        -- An end from before the start is that of a run that was cleared and has started again.
        cast(case when ended_at >= started_at or started_at is null then ended_at end as timestamp) as ended_at,
        cast(last_seen_at as timestamp) as last_seen_at,
        cast(reported_state as text) as reported_state,
        cast(coalesce(own_state, lineage_state) as text) as state,
        cast(lineage_state as text) as lineage_state,
        coalesce(
            own_state in ('success', 'failed') and lineage_state in ('success', 'failed')
            and own_state <> lineage_state, false
        ) as is_disputed,
        cast(clear_number as integer) as clear_number,
        cast(error_message as text) as error_message,
        cast(parent_run_id_openlineage as text) as parent_run_id_openlineage,
        cast(processing_type as text) as processing_type
    from merged

)

select * from final

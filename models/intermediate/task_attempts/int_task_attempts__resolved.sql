{{ config(materialized='incremental', incremental_strategy='rebuild_touched_runs') }}

with

airflow_attempts as (

    select * from {{ ref('int_task_attempts__from_airflow') }}
    where {{ is_touched(pipeline_run_key()) }}

),

dbt_attempts as (

    select * from {{ ref('int_task_attempts__from_dbt') }}
    where {{ is_touched(pipeline_run_key()) }}

),

openlineage_attempts as (

    select * from {{ ref('int_task_attempts__from_openlineage') }}

),

{% set columns -%}
    platform, platform_instance, pipeline_name, run_id, task_name, map_index, try_number, attempt_id,
    openlineage_run_id, feed, source_name, operator, queued_at, started_at, ended_at, last_seen_at,
    reported_state, state, is_final_attempt, error_message, rows_affected
{%- endset %}

unioned as (

    select {{ columns }} from airflow_attempts
    union all
    select {{ columns }} from dbt_attempts
    union all
    select {{ columns }} from openlineage_attempts

),

merged as (

    select
        platform,
        platform_instance,
        pipeline_name,
        run_id,
        task_name,
        attempt_id,
        {{ pipeline_run_key() }} as pipeline_run_key,
        max(map_index) as map_index,
        max(try_number) as try_number,
        max(openlineage_run_id) as openlineage_run_id,
        {{ of_own_feed('source_name') }} as source_name,
        {{ seen_by('feed') }} as seen_by,
        {{ of_own_feed('operator') }} as operator,
        {{ of_own_feed('queued_at') }} as queued_at,
        {{ of_own_feed('started_at') }} as started_at,
        {{ of_own_feed('ended_at') }} as ended_at,
        max(last_seen_at) as last_seen_at,
        {{ of_own_feed('reported_state') }} as reported_state,
        {{ of_own_feed('state') }} as state,
        bool_or(is_final_attempt) as is_reported_final,
        {{ of_own_feed('error_message') }} as error_message,
        max(rows_affected) as rows_affected
    from unioned
    group by 1, 2, 3, 4, 5, 6

),

numbered as (

    select
        *,
        row_number() over (
            partition by pipeline_run_key, task_name, map_index
            order by try_number desc, started_at desc nulls last, attempt_id desc
        ) as tries_from_last,
        bool_or(is_reported_final) over (partition by pipeline_run_key, task_name, map_index) as has_reported_final
    from merged

),

final as (

    select
        {{ task_attempt_key() }} as task_attempt_key,
        pipeline_run_key,
        {{ pipeline_key() }} as pipeline_key,
        {{ task_key() }} as task_key,
        cast(platform as text) as platform,
        cast(platform_instance as text) as platform_instance,
        cast(pipeline_name as text) as pipeline_name,
        cast(run_id as text) as run_id,
        cast(task_name as text) as task_name,
        cast(attempt_id as text) as attempt_id,
        cast(map_index as integer) as map_index,
        cast(try_number as integer) as try_number,
        cast(openlineage_run_id as text) as openlineage_run_id,
        cast(source_name as text) as source_name,
        cast(seen_by as text) as seen_by,
        cast(operator as text) as operator,
        cast(queued_at as timestamp) as queued_at,
        cast(started_at as timestamp) as started_at,
        cast(ended_at as timestamp) as ended_at,
        cast(last_seen_at as timestamp) as last_seen_at,
        cast(reported_state as text) as reported_state,
        cast(state as text) as state,
        cast(
            case when has_reported_final then coalesce(is_reported_final, false) else tries_from_last = 1 end
            as boolean
        ) as is_final_attempt,
        cast(error_message as text) as error_message,
        cast(rows_affected as bigint) as rows_affected
    from numbered

)

select * from final

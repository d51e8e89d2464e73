{{ config(materialized='table') }}

{%- set previous = previous_build_of('int_pipeline_runs__resolved', ['pipeline_run_key', 'seen_by']) %}

with

airflow_runs as (

    select * from {{ ref('int_pipeline_runs__from_airflow') }}

),

airflow_attempts as (

    select * from {{ ref('int_task_attempts__from_airflow') }}

),

airflow_writes as (

    select * from {{ ref('int_dataset_writes__from_airflow') }}

),

airflow_reads as (

    select * from {{ ref('int_dataset_reads__from_airflow') }}

),

dbt_runs as (

    select * from {{ ref('int_pipeline_runs__from_dbt') }}

),

unioned as (

    {% for relation in ['airflow_runs', 'airflow_attempts', 'airflow_writes', 'airflow_reads', 'dbt_runs'] -%}
        {{ 'union' if not loop.first }}
        select
            platform,
            platform_instance,
            pipeline_name,
            run_id
        from {{ relation }}
    {% endfor %}

),

final as (

    select {{ pipeline_run_key() }} as pipeline_run_key
    from unioned
    union
    -- What belongs to no run is always built again.
    select {{ unknown_key() }} as pipeline_run_key
    {%- if previous %}
        union
        select pipeline_run_key from {{ previous }}
        where seen_by <> 'openlineage'
    {%- endif %}

)

select * from final

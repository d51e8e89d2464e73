with

pipeline_runs as (

    select * from {{ ref('int_pipeline_runs__resolved') }}

),

task_attempts as (

    select * from {{ ref('int_task_attempts__resolved') }}

),

events as (
    select * from {{ ref('stg_openlineage__events') }}
),

airflow_dags as (

    select * from {{ ref('stg_airflow__dags') }}

),

dbt_artifacts as (

    select * from {{ ref('stg_dbt__artifacts') }}

),

loads as (

    select
        source_name,
        max(ended_at) as loaded_at
    from {{ ref('stg_plumbline__loads') }}
    group by 1

),

instants as (

    select
        source_name,
        max(last_seen_at) as seen_at
    from pipeline_runs
    group by 1
    union all
    select
        source_name,
        max(last_seen_at) as seen_at
    from task_attempts
    group by 1
    union all
    select
        source_name,
        max(event_at) as seen_at
    from events
    group by 1
    union all
    select
        source_name,
        max(last_parsed_at) as seen_at
    from airflow_dags
    group by 1
    union all
    select
        source_name,
        max(generated_at) as seen_at
    from dbt_artifacts
    group by 1

),

by_source as (

    select
        instants.source_name,
        -- A clock that runs ahead cannot move the present past the load that read it.
        least(max(instants.seen_at), max(loads.loaded_at)) as seen_at
    from instants
    left join loads on instants.source_name = loads.source_name
    group by 1

),

last_load as (

    select max(loaded_at) as loaded_at
    from loads

),

-- Where no feed speaks of work, as where only promises or alerts are loaded, it is the last load.
of_all as (

    select
        '*' as source_name,
        coalesce(max(by_source.seen_at), max(last_load.loaded_at)) as seen_at
    from last_load
    left join by_source on true

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(coalesce({{ as_of_override() }}, seen_at) as timestamp) as as_of_at
    from by_source
    union all
    select
        cast(source_name as text) as source_name,
        cast(coalesce({{ as_of_override() }}, seen_at) as timestamp) as as_of_at
    from of_all

)

select * from final

with run_results as (

    select * from {{ ref('stg_dbt__run_results') }}

),

freshness_results as (

    select * from {{ ref('stg_dbt__source_freshness_results') }}

),

unioned as (

    select
        source_name,
        artifact_id,
        result_index,
        unique_id,
        status,
        execute_started_at,
        execute_completed_at,
        execution_seconds,
        failures,
        rows_affected,
        response_code,
        query_id,
        message,
        relation_name,
        null as age_seconds,
        null as warn_after_seconds,
        null as error_after_seconds
    from run_results

    union all

    select
        source_name,
        artifact_id,
        result_index,
        unique_id,
        status,
        snapshotted_at as execute_started_at,
        snapshotted_at as execute_completed_at,
        null as execution_seconds,
        null as failures,
        null as rows_affected,
        null as response_code,
        null as query_id,
        message,
        null as relation_name,
        age_seconds,
        warn_after_seconds,
        error_after_seconds
    from freshness_results

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(artifact_id as text) as artifact_id,
        cast(result_index as bigint) as result_index,
        cast(unique_id as text) as unique_id,
        cast(status as text) as status,
        cast(execute_started_at as timestamp) as execute_started_at,
        cast(execute_completed_at as timestamp) as execute_completed_at,
        cast(execution_seconds as double precision) as execution_seconds,
        cast(failures as bigint) as failures,
        cast(rows_affected as bigint) as rows_affected,
        cast(response_code as text) as response_code,
        cast(query_id as text) as query_id,
        cast(message as text) as message,
        cast(relation_name as text) as relation_name,
        cast(age_seconds as double precision) as age_seconds,
        cast(warn_after_seconds as double precision) as warn_after_seconds,
        cast(error_after_seconds as double precision) as error_after_seconds
    from unioned

)

select * from final

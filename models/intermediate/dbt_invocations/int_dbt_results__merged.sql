{{ config(materialized='table') }}

with artifacts as (

    select * from {{ ref('stg_dbt__artifacts') }}

),

all_results as (

    select * from {{ ref('int_dbt_results__unioned') }}

),

ranked as (

    select
        all_results.*,
        artifacts.artifact_type,
        artifacts.command,
        artifacts.generated_at,
        coalesce(artifacts.invocation_id, artifacts.artifact_id) as invocation_id,
        row_number() over (
            partition by
                all_results.source_name,
                coalesce(artifacts.invocation_id, artifacts.artifact_id),
                artifacts.artifact_type,
                coalesce(all_results.unique_id, cast(all_results.result_index as text))
            order by
                artifacts.generated_at desc nulls last, artifacts.elapsed_seconds desc nulls last,
                artifacts.artifact_id desc, all_results.result_index desc
        ) as result_rank
    from all_results
    inner join artifacts
        on
            all_results.source_name = artifacts.source_name
            and all_results.artifact_id = artifacts.artifact_id

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(invocation_id as text) as invocation_id,
        cast(artifact_type as text) as artifact_type,
        cast(command as text) as command,
        cast(unique_id as text) as unique_id,
        cast(result_index as bigint) as result_index,
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
        cast(error_after_seconds as double precision) as error_after_seconds,
        cast(generated_at as timestamp) as generated_at
    from ranked
    where result_rank = 1

)

select * from final

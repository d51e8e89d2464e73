{{ config(materialized='table') }}

with artifacts as (

    select * from {{ ref('stg_dbt__artifacts') }}

),

results as (

    select * from {{ ref('int_dbt_results__merged') }}

),

projects as (

    select * from {{ ref('int_dbt_invocations__projects') }}

),

evidence as (

    -- Compiling gives every node, tests too, the status success, no message and an execution of microseconds.
    select
        source_name,
        invocation_id,
        artifact_type,
        min(execute_started_at) as first_started_at,
        coalesce(bool_or(
            status in ('pass', 'warn', 'fail', 'partial success')
            or (
                status = 'success' and (
                    message is not null
                    or response_code is not null
                    or {{ seconds_between('execute_started_at', 'execute_completed_at') }} > 0.05
                )
            )
        ), false) as has_executed
    from results
    group by source_name, invocation_id, artifact_type

),

considered as (

    select
        artifacts.*,
        evidence.first_started_at,
        coalesce(artifacts.invocation_id, artifacts.artifact_id) as run_id,
        case when artifacts.artifact_type = 'sources' then 'freshness' else artifacts.command end as run_command,
        case
            when artifacts.artifact_type = 'sources' then true
            when artifacts.command in ('run', 'build', 'test', 'seed', 'snapshot', 'retry', 'clone') then true
            when artifacts.command in ('generate', 'compile', 'show', 'list', 'ls', 'parse') then false
            else coalesce(evidence.has_executed, false)
        end as is_executed
    from artifacts
    left join evidence
        on
            artifacts.source_name = evidence.source_name
            and coalesce(artifacts.invocation_id, artifacts.artifact_id) = evidence.invocation_id
            and artifacts.artifact_type = evidence.artifact_type
    where artifacts.artifact_type in ('run-results', 'sources')

),

ranked as (

    select
        *,
        row_number() over (
            partition by source_name, run_id
            order by artifact_type asc, generated_at desc nulls last, elapsed_seconds desc nulls last, artifact_id desc
        ) as artifact_rank,
        min(coalesce(
            invocation_started_at,
            generated_at - cast(elapsed_seconds * 1000 as bigint) * interval '1 millisecond',
            first_started_at,
            generated_at
        )) over (partition by source_name, run_id) as started_at,
        max(generated_at) over (partition by source_name, run_id) as ended_at
    from considered
    where is_executed

),

final as (

    select
        cast(ranked.source_name as text) as source_name,
        cast(ranked.run_id as text) as invocation_id,
        cast(projects.project_name as text) as project_name,
        cast(ranked.artifact_type as text) as artifact_type,
        cast(ranked.run_command as text) as command,
        cast(ranked.dbt_version as text) as dbt_version,
        cast(ranked.target_name as text) as target_name,
        cast(coalesce(ranked.is_full_refresh, false) as boolean) as is_full_refresh,
        cast(ranked.started_at as timestamp) as started_at,
        cast(ranked.ended_at as timestamp) as ended_at,
        cast(ranked.elapsed_seconds as double precision) as elapsed_seconds,
        cast(ranked.loaded_at as timestamp) as loaded_at
    from ranked
    inner join projects
        on
            ranked.source_name = projects.source_name
            and ranked.run_id = projects.invocation_id
    where ranked.artifact_rank = 1

)

select * from final

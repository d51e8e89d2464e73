with checked as (

    select * from {{ ref('int_dbt_checks__checked') }}

),

relations as (

    select * from {{ ref('int_dbt_relations__named') }}

),

worded as (

    select
        *,
        case
            when check_type = 'source freshness'
                then 'age'
                    || coalesce(', warn after ' || cast(cast(warn_after_seconds as bigint) as text) || ' s', '')
                    || coalesce(', error after ' || cast(cast(error_after_seconds as bigint) as text) || ' s', '')
            when check_type = 'data test'
                then 'failures'
                    || coalesce(', warn if ' || warn_if, '')
                    || case when severity = 'error' then coalesce(', error if ' || error_if, '') else '' end
        end as expected,
        case
            when check_type = 'source freshness' then cast(cast(age_seconds as bigint) as text) || ' s'
            else cast(failures as text)
        end as actual
    from checked

),

final as (

    select
        cast('dbt' as text) as platform,
        cast(worded.source_name as text) as platform_instance,
        cast(worded.unique_id as text) as check_id,
        cast(
            case when worded.check_type = 'source freshness' then 'freshness of ' else '' end || worded.node_name
            as text
        ) as check_name,
        cast(worded.check_type as text) as check_type,
        cast(relations.dataset_namespace as text) as dataset_namespace,
        cast(relations.dataset_name as text) as dataset_name,
        cast(worded.column_name as text) as column_name,
        cast(worded.project_name as text) as pipeline_name,
        cast(worded.invocation_id as text) as run_id,
        cast(null as text) as task_name,
        cast(null as text) as attempt_id,
        cast('dbt' as text) as feed,
        cast(worded.source_name as text) as source_name,
        cast(worded.executed_at as timestamp) as executed_at,
        cast(
            case worded.status
                when 'success' then 'pass'
                when 'runtime error' then 'error'
                when 'no-op' then 'skipped'
                else case when worded.status in ('pass', 'warn', 'fail', 'error', 'skipped') then worded.status end
            end as text
        ) as outcome,
        cast(case when not worded.is_inferred then worded.status end as text) as reported_status,
        cast(worded.severity as text) as severity,
        cast(worded.failures as bigint) as failures,
        cast(worded.expected as text) as expected,
        cast(worded.actual as text) as actual,
        cast(worded.message as text) as message,
        cast(worded.is_inferred as boolean) as is_inferred
    from worded
    left join relations
        on
            worded.source_name = relations.source_name
            and worded.relation_key = relations.relation_key

)

select * from final

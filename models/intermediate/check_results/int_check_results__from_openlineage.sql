{{ config(materialized='incremental', incremental_strategy='rebuild_touched_runs') }}

with

identified as (
    select * from {{ ref('int_openlineage_runs__identified') }}
    where {{ is_touched() }}
),

-- What was asserted outside of any run is read each time.
assertions as (
    select * from {{ ref('stg_openlineage__assertions') }}
    where
        run_id is null
        or {{ is_among(['source_name', 'run_id'], 'identified', ['source_name', 'openlineage_run_id']) }}
),

dbt_instances as (
    select * from {{ ref('int_dbt_instances__linked') }}
    where is_invocation_known
),

-- The start of a dbt test carries its result too, and a job event has no run.
ranked as (
    select
        *,
        coalesce(assertion_name, assertion_type) as check_name,
        case when assertion_kind = 'test' then coalesce(assertion_name, assertion_type) end as test_name,
        row_number() over (
            partition by
                source_name, coalesce(run_id, cast(event_key as text)), assertion_kind, dataset_namespace, dataset_name,
                coalesce(assertion_name, assertion_type), column_name
            order by is_terminal desc, event_at desc, event_key desc, role asc, dataset_index asc, assertion_index asc
        ) as recency
    from assertions
),

-- A test of a dbt run that is written as an assertion too is told twice.
told_twice as (
    select distinct
        source_name,
        run_id,
        check_name
    from ranked
    where assertion_kind = 'assertion' and run_id is not null
),

checked as (
    select
        ranked.*,
        identified.run_kind,
        identified.platform,
        identified.platform_instance,
        identified.pipeline_name,
        identified.run_id as native_run_id,
        identified.task_name,
        identified.attempt_id,
        identified.pipeline_run_key
    from ranked
    left join identified
        on ranked.source_name = identified.source_name and ranked.run_id = identified.openlineage_run_id
    left join dbt_instances
        on identified.source_name = dbt_instances.source_name and identified.run_id = dbt_instances.invocation_id
    left join told_twice
        on
            ranked.source_name = told_twice.source_name and ranked.run_id = told_twice.run_id
            and ranked.test_name = told_twice.check_name
    where
        ranked.recency = 1
        and ranked.check_name is not null
        and dbt_instances.invocation_id is null
        and told_twice.run_id is null
),

final as (
    select
        coalesce(pipeline_run_key, {{ unknown_key() }}) as pipeline_run_key,
        cast(coalesce(platform, 'openlineage') as text) as platform,
        cast(coalesce(platform_instance, dataset_namespace) as text) as platform_instance,
        cast(check_name || '(' || coalesce(column_name, '') || ')' as text) as check_id,
        cast(check_name as text) as check_name,
        cast(case assertion_kind when 'expectation' then 'expectation' else 'assertion' end as text) as check_type,
        cast(dataset_namespace as text) as dataset_namespace,
        cast(dataset_name as text) as dataset_name,
        cast(column_name as text) as column_name,
        cast(pipeline_name as text) as pipeline_name,
        cast(native_run_id as text) as run_id,
        cast(task_name as text) as task_name,
        cast(attempt_id as text) as attempt_id,
        cast('openlineage' as text) as feed,
        cast(source_name as text) as source_name,
        cast(event_at as timestamp) as executed_at,
        cast(
            case
                when status in ('skip', 'skipped') then 'skipped'
                when is_success then 'pass'
                when is_success is null then 'error'
                -- dbt's integration says of a test that dbt skipped that it failed, only without a finding.
                when run_kind = 'dbt_test' and actual is null then 'skipped'
                when severity like 'warn%' then 'warn'
                else 'fail'
            end as text
        ) as outcome,
        cast(coalesce(status, case when is_success then 'true' when not is_success then 'false' end) as text)
            as reported_status,
        cast(case when severity like 'warn%' then 'warn' else severity end as text) as severity,
        cast(null as bigint) as failures,
        cast(expected as text) as expected,
        cast(actual as text) as actual,
        cast(null as text) as message
    from checked
)

select * from final

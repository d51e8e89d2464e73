with invocations as (

    select * from {{ ref('int_dbt_invocations__executed') }}

),

results as (

    select * from {{ ref('int_dbt_results__merged') }}

),

nodes as (

    select * from {{ ref('int_dbt_nodes__resolved') }}

),

unreported_sources as (

    select * from {{ ref('int_dbt_sources__unreported') }}

),

outcomes as (

    -- dbt exits with an error when anything failed or was skipped, exposures aside. dbt 2 calls
    -- ephemeral models skipped too.
    select
        results.source_name,
        results.invocation_id,
        results.result_index,
        results.unique_id,
        results.message,
        results.status in ('error', 'fail', 'runtime error', 'partial success') as is_failure,
        results.status = 'skipped'
        and split_part(coalesce(results.unique_id, ''), '.', 1) <> 'exposure'
        and coalesce(nodes.materialized, '') <> 'ephemeral' as is_skip
    from results
    left join nodes
        on
            results.source_name = nodes.source_name
            and results.invocation_id = nodes.invocation_id
            and results.unique_id = nodes.unique_id

    union all

    select
        source_name,
        invocation_id,
        null as result_index,
        unique_id,
        message,
        true as is_failure,
        false as is_skip
    from unreported_sources

),

ranked as (

    select
        *,
        row_number() over (
            partition by source_name, invocation_id
            order by case when is_failure then 0 else 1 end, result_index nulls last, unique_id
        ) as failure_rank
    from outcomes

),

summed as (

    select
        source_name,
        invocation_id,
        bool_or(is_failure or is_skip) as has_exit_failure,
        count(*) filter (where is_failure) as failure_count,
        count(*) as result_count,
        max(case when failure_rank = 1 then unique_id || coalesce(': ' || message, '') end) as first_failure
    from ranked
    group by source_name, invocation_id

),

final as (

    select
        cast(invocations.source_name as text) as source_name,
        cast(invocations.invocation_id as text) as invocation_id,
        cast(case when summed.has_exit_failure then 'failed' else 'success' end as text) as state,
        cast(
            case
                when summed.failure_count > 0
                    then cast(summed.failure_count as text) || ' of ' || cast(summed.result_count as text)
                        || ' failed, first ' || coalesce(summed.first_failure, 'a result without an id')
                when summed.has_exit_failure then 'nodes were skipped though no result failed'
            end as text
        ) as error_message
    from invocations
    left join summed
        on
            invocations.source_name = summed.source_name
            and invocations.invocation_id = summed.invocation_id

)

select * from final

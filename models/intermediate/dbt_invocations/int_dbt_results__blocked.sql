with results as (

    select * from {{ ref('int_dbt_results__merged') }}

),

result_dependencies as (

    select * from {{ ref('int_dbt_results__upstream') }}

),

failed_checks as (

    select
        source_name,
        invocation_id,
        unique_id,
        resource_type,
        depends_on_unique_id
    from result_dependencies
    where status in ('error', 'fail') and resource_type in ('test', 'unit_test')

),

troubles as (

    select
        source_name,
        invocation_id,
        unique_id as troubled_unique_id,
        unique_id as cause_unique_id
    from results
    where status in ('error', 'fail', 'runtime error', 'partial success', 'skipped')

    union all

    -- In dbt build a failed check of a node stops what depends on the node.
    select
        source_name,
        invocation_id,
        depends_on_unique_id as troubled_unique_id,
        unique_id as cause_unique_id
    from failed_checks

),

blocks as (

    select
        result_dependencies.source_name,
        result_dependencies.invocation_id,
        result_dependencies.unique_id,
        troubles.cause_unique_id
    from result_dependencies
    inner join troubles
        on
            result_dependencies.source_name = troubles.source_name
            and result_dependencies.invocation_id = troubles.invocation_id
            and result_dependencies.depends_on_unique_id = troubles.troubled_unique_id

    union all

    -- A failed unit test stops its own model.
    select
        source_name,
        invocation_id,
        depends_on_unique_id as unique_id,
        unique_id as cause_unique_id
    from failed_checks
    where resource_type = 'unit_test'

),

final as (

    select
        cast(blocks.source_name as text) as source_name,
        cast(blocks.invocation_id as text) as invocation_id,
        cast(blocks.unique_id as text) as unique_id,
        cast(min(blocks.cause_unique_id) as text) as cause_unique_id
    from blocks
    inner join results
        on
            blocks.source_name = results.source_name
            and blocks.invocation_id = results.invocation_id
            and blocks.unique_id = results.unique_id
    where results.status = 'skipped' and coalesce(results.message, '') not like '%fail_fast%'
    group by blocks.source_name, blocks.invocation_id, blocks.unique_id

)

select * from final

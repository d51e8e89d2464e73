with results as (

    select * from {{ ref('int_dbt_results__merged') }}

),

unreported_sources as (

    select * from {{ ref('int_dbt_sources__unreported') }}

),

unioned as (

    select
        source_name,
        invocation_id,
        unique_id,
        null as node_name,
        null as relation_key,
        warn_after_seconds,
        error_after_seconds,
        age_seconds,
        failures,
        status,
        message,
        coalesce(execute_started_at, generated_at) as executed_at,
        false as is_inferred
    from results
    where split_part(unique_id, '.', 1) in ('test', 'unit_test', 'source')

    union all

    select
        source_name,
        invocation_id,
        unique_id,
        node_name,
        relation_key,
        freshness_warn_after_seconds as warn_after_seconds,
        freshness_error_after_seconds as error_after_seconds,
        null as age_seconds,
        null as failures,
        'runtime error' as status,
        message,
        ended_at as executed_at,
        true as is_inferred
    from unreported_sources

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(invocation_id as text) as invocation_id,
        cast(unique_id as text) as unique_id,
        cast(
            case split_part(unique_id, '.', 1)
                when 'test' then 'data test'
                when 'unit_test' then 'unit test'
                else 'source freshness'
            end as text
        ) as check_type,
        cast(node_name as text) as node_name,
        cast(relation_key as text) as relation_key,
        cast(warn_after_seconds as double precision) as warn_after_seconds,
        cast(error_after_seconds as double precision) as error_after_seconds,
        cast(age_seconds as double precision) as age_seconds,
        cast(failures as bigint) as failures,
        cast(status as text) as status,
        cast(message as text) as message,
        cast(executed_at as timestamp) as executed_at,
        cast(is_inferred as boolean) as is_inferred
    from unioned

)

select * from final

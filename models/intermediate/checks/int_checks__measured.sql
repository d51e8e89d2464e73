{{ config(materialized='table') }}

with

checks as (

    select * from {{ ref('int_checks__resolved') }}

),

dbt_tests as (

    select * from {{ ref('int_checks__from_dbt') }}

),

metrics as (

    select * from {{ ref('check_metrics') }}

),

named as (

    select
        checks.check_key,
        checks.dataset_key,
        checks.column_name,
        checks.check_name,
        lower(coalesce(max(dbt_tests.test_name), checks.check_name)) as test_name
    from checks
    left join dbt_tests
        on
            checks.platform = dbt_tests.platform
            and checks.platform_instance = dbt_tests.platform_instance
            and checks.check_id = dbt_tests.check_id
    group by checks.check_key, checks.dataset_key, checks.column_name, checks.check_name

),

-- dbt makes the name of a test of what it asks and where, so the longest name that it begins with says what it asks.
ranked as (

    select
        named.*,
        metrics.metric,
        row_number() over (
            partition by named.check_key order by length(metrics.check_name) desc nulls last
        ) as metric_rank
    from named
    left join metrics
        on
            named.test_name = metrics.check_name
            or left(named.test_name, length(metrics.check_name) + 1) = metrics.check_name || '_'

),

final as (

    select
        cast(check_key as uuid) as check_key,
        cast(dataset_key as uuid) as dataset_key,
        cast(column_name as text) as column_name,
        cast(check_name as text) as check_name,
        cast(metric as text) as metric
    from ranked
    where metric_rank = 1

)

select * from final

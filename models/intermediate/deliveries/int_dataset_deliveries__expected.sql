{{ config(materialized='table') }}

{#- Days begin at midnight, weeks on Monday, months on the 1st; what is made of several is counted from 1970. -#}
{%- set step -%}
    coalesce(interval_months, 0) * interval '1 month' + coalesce(interval_seconds, 0) * interval '1 second'
{%- endset %}
{%- set first -%}
    case
        when interval_months is null
            then
                cast('1970-01-05' as timestamp)
                + ceiling({{ seconds_between("cast('1970-01-05' as timestamp)", 'begins_at') }} / interval_seconds)
                * interval_seconds * interval '1 second'
        else cast('1970-01-01' as timestamp)
    end
{%- endset %}

with

bounded as (

    select * from {{ ref('int_dataset_deliveries__bounded') }}

),

occurrences as (

    select * from {{ ref('stg_plumbline__schedule_occurrences') }}

),

periods as (

    select distinct
        bounded.schedule_expression,
        bounded.due_expression,
        bounded.time_zone,
        occurrences.occurs_at,
        occurrences.next_occurs_at
    from bounded
    inner join occurrences
        on
            bounded.schedule_expression = occurrences.schedule_expression
            and bounded.time_zone = occurrences.time_zone
    where bounded.due_expression is not null

),

-- A time of day is due once in each period of the schedule: the first time that it comes after the beginning.
dues as (

    select
        periods.schedule_expression,
        periods.due_expression,
        periods.time_zone,
        periods.occurs_at,
        min(due.occurs_at) as due_at
    from periods
    inner join occurrences as due
        on
            periods.due_expression = due.schedule_expression
            and periods.time_zone = due.time_zone
            and periods.occurs_at < due.occurs_at
            and periods.next_occurs_at >= due.occurs_at
    group by 1, 2, 3, 4

),

unioned as (

    select
        bounded.*,
        occurrences.occurs_at as expected_at,
        occurrences.next_occurs_at as next_expected_at,
        case when bounded.due_expression is null then occurrences.next_occurs_at else dues.due_at end as due_at
    from bounded
    inner join occurrences
        on
            bounded.schedule_expression = occurrences.schedule_expression
            and bounded.time_zone = occurrences.time_zone
    left join dues
        on
            bounded.schedule_expression = dues.schedule_expression
            and bounded.due_expression = dues.due_expression
            and bounded.time_zone = dues.time_zone
            and occurrences.occurs_at = dues.occurs_at
    union all
    select
        series.*,
        series.expected_at + {{ step }} as next_expected_at,
        series.expected_at + {{ step }} as due_at
    from (
        select
            *,
            {{ instants_between(first, 'as_of_at', step) }} as expected_at
        from bounded
        where schedule_expression is null
    ) as series

),

final as (

    select
        cast(service_level_key as uuid) as service_level_key,
        cast(valid_from as timestamp) as service_level_valid_from,
        cast(source_name as text) as source_name,
        cast(dataset_key as uuid) as dataset_key,
        cast(expected_at as timestamp) as expected_at,
        cast(next_expected_at as timestamp) as next_expected_at,
        cast(due_at as timestamp) as due_at,
        cast(as_of_at as timestamp) as as_of_at
    from unioned
    where expected_at >= begins_at and expected_at < valid_to and expected_at <= as_of_at and due_at is not null

)

select * from final

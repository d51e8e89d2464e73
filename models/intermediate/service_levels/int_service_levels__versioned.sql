{{ config(materialized='table') }}

{%- set said = [
    'display_name', 'description', 'service_name', 'metric_source_type', 'measure', 'unmeasured_reason', 'platform',
    'platform_instance', 'pipeline_name', 'dataset_namespace', 'dataset_name', 'schedule_expression', 'due_expression',
    'time_zone', 'interval_seconds', 'interval_months', 'budgeting_method', 'operator', 'target', 'limit_seconds',
    'slice_seconds', 'time_slice_target', 'is_rolling', 'window_days', 'window_months', 'window_starts_on',
] %}
{%- set types = {
    'interval_seconds': 'double precision', 'interval_months': 'integer', 'operator': 'text',
    'target': 'double precision', 'limit_seconds': 'double precision', 'slice_seconds': 'double precision',
    'time_slice_target': 'double precision', 'is_rolling': 'boolean', 'window_days': 'integer',
    'window_months': 'integer', 'window_starts_on': 'date',
} %}

with

unioned as (

    select * from {{ ref('int_service_levels__from_openslo') }}
    union all
    select * from {{ ref('int_service_levels__from_dbt') }}
    union all
    select * from {{ ref('int_service_levels__from_odcs') }}

),

compared as (

    select
        *,
        {{ surrogate_key(said) }} as content_key
    from unioned
    where valid_to > valid_from

),

-- What is said again in other words, or of other things, is no new version.
begun as (

    select
        *,
        case
            when
                lag(content_key) over (
                    partition by standard, source_name, service_level_name order by valid_from
                ) = content_key
                and lag(valid_to) over (
                    partition by standard, source_name, service_level_name order by valid_from
                ) = valid_from
                then 0
            else 1
        end as is_begin
    from compared

),

numbered as (

    select
        *,
        sum(is_begin) over (
            partition by standard, source_name, service_level_name
            order by valid_from
            rows between unbounded preceding and current row
        ) as version_number
    from begun

),

merged as (

    select
        standard,
        source_name,
        service_level_name,
        version_number,
        {{ said | join(',\n        ') }},
        min(valid_from) as valid_from,
        max(valid_to) as valid_to
    from numbered
    group by
        standard, source_name, service_level_name, version_number,
        {{ said | join(', ') }}

),

final as (

    select
        {{ surrogate_key(['standard', 'source_name', 'service_level_name']) }} as service_level_key,
        cast(standard as text) as standard,
        cast(source_name as text) as source_name,
        cast(service_level_name as text) as service_level_name,
        cast(version_number as bigint) as version_number,
        {%- for name in said %}
            cast({{ name }} as {{ types.get(name, 'text') }}) as {{ name }},
        {%- endfor %}
        cast(valid_from as timestamp) as valid_from,
        cast(valid_to as timestamp) as valid_to,
        cast(
            row_number() over (
                partition by standard, source_name, service_level_name order by version_number desc
            ) = 1 as boolean
        ) as is_current
    from merged

)

select * from final

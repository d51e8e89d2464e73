{{ config(materialized='table') }}

with

defined_checks as (

    select * from {{ ref('int_checks__from_dbt') }}

),


datasets as (

    select * from {{ ref('int_datasets__resolved') }}

),

{% set columns -%}
    platform, platform_instance, check_id, check_name, check_type, pipeline_name, source_name, feed,
    dataset_namespace, dataset_name, column_name, severity
{%- endset %}

executed_checks as (

    select
        {{ columns }},
        executed_at
    from {{ ref('int_check_results__from_dbt') }}
    union all
    select
        {{ columns }},
        executed_at
    from {{ ref('int_check_results__from_openlineage') }}

),

unioned as (

    select
        {{ columns }},
        is_enabled,
        is_defined_now,
        first_defined_at,
        last_defined_at
    from defined_checks
    union all
    select
        {{ columns }},
        cast(null as boolean) as is_enabled,
        cast(null as boolean) as is_defined_now,
        executed_at as first_defined_at,
        executed_at as last_defined_at
    from executed_checks

),

placed as (

    select
        unioned.*,
        datasets.dataset_key,
        case when unioned.platform = 'dbt' then '' else coalesce(cast(datasets.dataset_key as text), '') end as scope
    from unioned
    left join datasets
        on unioned.dataset_namespace = datasets.dataset_namespace and unioned.dataset_name = datasets.dataset_name

),

merged as (

    select
        platform,
        platform_instance,
        scope,
        check_id,
        max(check_name) as check_name,
        max(check_type) as check_type,
        max(pipeline_name) as pipeline_name,
        min(source_name) as source_name,
        (array_agg(dataset_key order by last_defined_at desc nulls last, dataset_key asc) filter (
            where dataset_key is not null
        ))[1] as dataset_key,
        max(column_name) as column_name,
        (array_agg(severity order by last_defined_at desc nulls last, severity asc) filter (
            where severity is not null
        ))[1] as severity,
        bool_or(is_enabled) as is_enabled,
        bool_or(is_defined_now) as is_defined_now,
        min(first_defined_at) as first_defined_at,
        max(last_defined_at) as last_defined_at
    from placed
    where check_id is not null
    group by 1, 2, 3, 4

),

final as (

    select
        {{ surrogate_key(['platform', 'platform_instance', 'scope', 'check_id']) }} as check_key,
        cast(platform as text) as platform,
        cast(platform_instance as text) as platform_instance,
        cast(scope as text) as scope,
        cast(check_id as text) as check_id,
        cast(check_name as text) as check_name,
        cast(check_type as text) as check_type,
        {{ pipeline_key() }} as pipeline_key,
        cast(source_name as text) as source_name,
        cast(dataset_key as uuid) as dataset_key,
        cast(column_name as text) as column_name,
        cast(severity as text) as severity,
        cast(coalesce(is_enabled, true) as boolean) as is_enabled,
        cast(coalesce(is_defined_now, true) as boolean) as is_defined,
        cast(first_defined_at as timestamp) as first_defined_at,
        cast(last_defined_at as timestamp) as last_defined_at
    from merged

)

select * from final

-- depends_on: {{ ref('dim_teams_current') }}
with

service_levels as (

    select * from {{ ref('int_service_levels__resolved') }}

),

pipelines as (

    select * from {{ ref('dim_pipelines_current') }}
    where is_retired is not true

),

datasets as (

    select * from {{ ref('dim_datasets_current') }}
    where is_retired is not true

),

assets as (

    select * from {{ ref('int_registry_assets__matched') }}

),

members as (

    select
        service_levels.*,
        coalesce(
            nullif(datasets.team_key, {{ unknown_key() }}), pipelines.team_key, {{ unknown_key() }}
        ) as team_key,
        assets.tier,
        assets.calendar,
        false as is_unknown
    from service_levels
    left join pipelines on service_levels.pipeline_key = pipelines.pipeline_key
    left join datasets on service_levels.dataset_key = datasets.dataset_key
    left join assets
        on
            (assets.subject_type = 'pipeline' and service_levels.pipeline_key = assets.subject_key)
            or (assets.subject_type = 'dataset' and service_levels.dataset_key = assets.subject_key)
    union all
    select
        {{ unknown_key() }} as service_level_key,
        cast(null as text) as standard,
        cast(null as text) as source_name,
        'unknown' as service_level_name,
        cast(null as text) as display_name,
        cast(null as text) as description,
        cast(null as text) as service_name,
        cast(null as text) as measure,
        {{ unknown_key() }} as pipeline_key,
        {{ unknown_key() }} as dataset_key,
        cast(null as text) as budgeting_method,
        cast(null as double precision) as target,
        cast(null as double precision) as limit_seconds,
        cast(null as double precision) as slice_seconds,
        cast(null as double precision) as time_slice_target,
        cast(null as boolean) as is_rolling,
        cast(null as integer) as window_days,
        cast(null as integer) as window_months,
        cast(null as date) as window_starts_on,
        false as is_measured,
        cast(null as text) as unmeasured_reason,
        cast('1900-01-01' as timestamp) as valid_from,
        cast('9999-12-31' as timestamp) as valid_to,
        true as is_current,
        {{ unknown_key() }} as team_key,
        cast(null as integer) as tier,
        cast(null as text) as calendar,
        true as is_unknown

),

final as (

    select
        {{ version_key('service_level_key') }} as service_level_version_key,
        cast(service_level_key as uuid) as service_level_key,
        cast(valid_from as timestamp) as valid_from,
        cast(valid_to as timestamp) as valid_to,
        cast(is_current as boolean) as is_current,
        cast(standard as text) as standard,
        cast(source_name as text) as source_name,
        cast(service_level_name as text) as service_level_name,
        cast(display_name as text) as display_name,
        cast(description as text) as description,
        cast(service_name as text) as service_name,
        cast(measure as text) as measure,
        cast(pipeline_key as uuid) as pipeline_key,
        cast(dataset_key as uuid) as dataset_key,
        cast(team_key as uuid) as team_key,
        cast(tier as integer) as tier,
        cast(calendar as text) as calendar,
        cast(budgeting_method as text) as budgeting_method,
        cast(target as double precision) as target,
        cast(limit_seconds as double precision) as limit_seconds,
        cast(slice_seconds as double precision) as slice_seconds,
        cast(time_slice_target as double precision) as time_slice_target,
        cast(is_rolling as boolean) as is_rolling,
        cast(window_days as integer) as window_days,
        cast(window_months as integer) as window_months,
        cast(window_starts_on as date) as window_starts_on,
        cast(is_measured as boolean) as is_measured,
        cast(unmeasured_reason as text) as unmeasured_reason,
        cast(is_unknown as boolean) as is_unknown,
        cast(false as boolean) as is_retired
    from members

)

select * from final

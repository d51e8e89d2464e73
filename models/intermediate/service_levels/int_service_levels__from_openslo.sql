with

dated as (

    select * from {{ ref('int_openslo_slos__dated') }}

),

slos as (

    select * from {{ ref('stg_openslo__slos') }}

),

objectives as (

    select * from {{ ref('stg_openslo__objectives') }}

),

indicators as (

    select * from {{ ref('stg_openslo__indicators') }}

),

joined as (

    select
        slos.*,
        dated.valid_from,
        dated.valid_to,
        objectives.objective_number,
        objectives.display_name as objective_name,
        objectives.operator,
        objectives.threshold_value,
        objectives.target,
        objectives.time_slice_target,
        objectives.time_slice_seconds,
        indicators.metric_source_type,
        indicators.measure,
        indicators.platform,
        indicators.platform_instance,
        indicators.pipeline_name,
        indicators.dataset_namespace,
        indicators.dataset_name,
        indicators.due_within_seconds,
        right(slos.window_duration, 1) as window_unit,
        {{ to_number("left(slos.window_duration, -1)") }} as window_units
    from dated
    inner join slos
        on
            dated.source_name = slos.source_name
            and dated.source_file = slos.source_file
            and dated.load_id = slos.load_id
            and dated.object_number = slos.object_number
    inner join objectives
        on
            slos.source_name = objectives.source_name
            and slos.source_file = objectives.source_file
            and slos.load_id = objectives.load_id
            and slos.object_number = objectives.object_number
    left join indicators
        on
            dated.source_name = indicators.source_name
            and dated.indicator_source_file = indicators.source_file
            and dated.indicator_load_id = indicators.load_id
            and dated.indicator_object_number = indicators.object_number

),

final as (

    select
        cast('openslo' as text) as standard,
        cast(source_name as text) as source_name,
        cast(
            slo_name || case when objective_number > 1 then '#' || cast(objective_number as text) else '' end as text
        ) as service_level_name,
        cast(coalesce(objective_name, display_name) as text) as display_name,
        cast(description as text) as description,
        cast(service_name as text) as service_name,
        cast(metric_source_type as text) as metric_source_type,
        cast(measure as text) as measure,
        cast(null as text) as unmeasured_reason,
        cast(platform as text) as platform,
        cast(platform_instance as text) as platform_instance,
        cast(pipeline_name as text) as pipeline_name,
        cast(dataset_namespace as text) as dataset_namespace,
        cast(dataset_name as text) as dataset_name,
        cast(null as text) as schedule_expression,
        cast(null as text) as due_expression,
        cast(null as text) as time_zone,
        cast(null as double precision) as interval_seconds,
        cast(null as integer) as interval_months,
        cast(budgeting_method as text) as budgeting_method,
        cast(operator as text) as operator,
        cast(target as double precision) as target,
        cast(case when measure = 'ageSeconds' then threshold_value else due_within_seconds end as double precision)
            as limit_seconds,
        cast(time_slice_seconds as double precision) as slice_seconds,
        cast(time_slice_target as double precision) as time_slice_target,
        cast(is_rolling as boolean) as is_rolling,
        cast(coalesce(ceiling({{ shorthand_seconds('window_duration') }} / 86400), 28) as integer) as window_days,
        cast(
            case
                when not is_rolling
                    then window_units * case window_unit when 'M' then 1 when 'Q' then 3 when 'Y' then 12 end
            end as integer
        ) as window_months,
        cast(window_starts_at as date) as window_starts_on,
        cast(valid_from as timestamp) as valid_from,
        cast(valid_to as timestamp) as valid_to
    from joined

)

select * from final

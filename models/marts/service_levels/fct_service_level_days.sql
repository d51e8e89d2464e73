{%- set kinds = ['good_count', 'bad_count', 'excused_count', 'cannot_tell_count', 'pending_count'] %}
{%- set counts = kinds + ['budget_count', 'spent_count'] %}
{%- set sums = ['good_count', 'bad_count', 'budget_count', 'spent_count'] %}
with
tallies as (
    select
        *,
        -- What no objective was in force for uses up no budget.
        case when budget_count is not null then bad_count else 0 end as spent_count
    from {{ ref('fct_service_level_tallies') }}
),

windows as (
    select * from {{ ref('fct_service_level_windows') }}
),

service_levels as (
    select * from {{ ref('dim_service_levels') }}
),

by_day as (
    select
        service_level_key,
        tallied_on,
        {%- for name in counts %}
            cast(sum({{ name }}) as double precision) as {{ name }},
        {%- endfor %}
    {%- for pair in burn_windows() %}
        max(burn_{{ pair.name }}) as burn_{{ pair.name }}{{ ',' if not loop.last }}
    {%- endfor %}
    from tallies
    group by 1, 2
),

-- Sums from the beginning on; what a window holds is the difference of two of them.
summed as (
    select
        windows.*,
        {%- for name in counts %}
            coalesce(by_day.{{ name }}, 0) as {{ name }},
        {%- endfor %}
        {%- for pair in burn_windows() %}
            by_day.burn_{{ pair.name }},
        {%- endfor %}
    {%- for name in sums %}
        sum(coalesce(by_day.{{ name }}, 0)) over so_far as {{ name }}_sum{{ ',' if not loop.last }}
    {%- endfor %}
    from windows
    left join by_day
        on windows.service_level_key = by_day.service_level_key and windows.measured_on = by_day.tallied_on
    window so_far as (
        partition by windows.service_level_key
        order by windows.measured_on rows between unbounded preceding and current row
    )
),

windowed as (
    select
        *,
    {%- for name in sums %}
        {{ name }}_sum - lag({{ name }}_sum, window_day_count, 0) over by_time as window_{{ name }},
        {{ name }}_sum - lag({{ name }}_sum, 7, 0) over by_time as {{ name }}_7d{{ ',' if not loop.last }}
    {%- endfor %}
    from summed
    window by_time as (partition by service_level_key order by measured_on)
),

judged as (
    select
        windowed.*,
        service_levels.measure,
        service_levels.pipeline_key,
        service_levels.dataset_key,
        service_levels.team_key,
        service_levels.target,
        nullif(windowed.good_count + windowed.bad_count, 0) as valid_count,
        nullif(windowed.window_good_count + windowed.window_bad_count, 0) as window_valid_count,
        -- Sums of fractions are a little off.
        nullif(cast(cast(windowed.window_budget_count as numeric(28, 9)) as double precision), 0) as window_budget,
    {%- for pair in burn_windows() %}
        {{ pair.budget_share }} * 24 * service_levels.window_days / {{ pair.long_hours }} as threshold_{{ pair.name }},
        {{ highest_burn(pair) }} as highest_{{ pair.name }}{{ ',' if not loop.last }}
    {%- endfor %}
    from windowed
    inner join service_levels on windowed.service_level_version_key = service_levels.service_level_version_key
),

final as (
    select
        cast(service_level_key as uuid) as service_level_key,
        cast(service_level_version_key as uuid) as service_level_version_key,
        cast(pipeline_key as uuid) as pipeline_key,
        cast(dataset_key as uuid) as dataset_key,
        cast(team_key as uuid) as team_key,
        cast(measured_on as date) as measured_on,
        {%- for name in kinds %}
            cast({{ name }} as bigint) as {{ name }},
        {%- endfor %}
        cast(good_count / valid_count as double precision) as attainment,
        cast(target as double precision) as target,
        cast(window_from_on as date) as window_from_on,
        cast(window_good_count as bigint) as window_good_count,
        cast(window_bad_count as bigint) as window_bad_count,
        cast(window_good_count / window_valid_count as double precision) as window_attainment,
        cast(window_budget as double precision) as misses_allowed,
        cast(window_spent_count as double precision) as misses_used,
        cast(window_spent_count / window_budget as double precision) as consumed_share,
        cast(1 - window_spent_count / window_budget as double precision) as remaining_share,
    {%- for pair in burn_windows() %}
        cast(highest_{{ pair.name }} as double precision) as burn_{{ pair.name }},
        cast(threshold_{{ pair.name }} as double precision) as burn_threshold_{{ pair.name }},
        cast({{ burn_state(pair.name) }} as text) as burn_state_{{ pair.name }}{{ ',' if not loop.last }}
    {%- endfor %}
    from judged
    {{ only_retained(['cast(measured_on as timestamp)']) }}
)

select * from final

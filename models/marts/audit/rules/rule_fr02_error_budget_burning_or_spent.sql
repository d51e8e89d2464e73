{%- set windows = {'burning': [], 'threshold_unreachable': []} %}
{%- for pair in burn_windows() %}{% for state, names in windows.items() %}
    {%- set shown = pair.name | replace('_', '/') %}
    {%- do names.append("case when burn_state_" ~ pair.name ~ " = '" ~ state ~ "' then '" ~ shown ~ "' end") %}
{%- endfor %}{% endfor %}

with
thresholds as (
    {{ subject_thresholds('FR02', ['minimum_valid', 'misses_left']) }}
),

service_levels as (
    select * from {{ ref('dim_service_levels_current') }}
    where not is_unknown and is_retired is not true
),

days as (
    select
        *,
        window_good_count + window_bad_count as valid_count,
        case when misses_used > 0 then misses_allowed - misses_used end as misses_left,
        nullif(concat_ws(', ', {{ windows.burning | join(', ') }}), '') as burning,
        nullif(concat_ws(', ', {{ windows.threshold_unreachable | join(', ') }}), '') as unreachable,
        row_number() over (partition by service_level_key order by measured_on desc) as place
    from {{ ref('fct_service_level_days') }}
),

as_of as (
    select * from {{ ref('int_sources__as_of') }}
    where source_name = '*'
),

-- A state has lasted since the day after the last one that was otherwise.
last_well as (
    select
        days.service_level_key,
        max(days.measured_on) as well_on
    from days
    {{ join_thresholds('days.service_level_key') }}
    where
        days.burning is null
        and (days.misses_left < {{ threshold('misses_left') }}) is not true
    group by 1
),

judged as (
    select
        service_levels.*,
        service_levels.service_level_name as subject_name,
        days.measured_on,
        days.misses_allowed,
        days.misses_used,
        days.remaining_share,
        days.valid_count,
        days.burning,
        days.unreachable,
        last_well.well_on,
        {{ threshold('minimum_valid') }} as minimum_valid,
        {{ threshold('misses_left') }} as misses_left,
        as_of.as_of_at,
        cast(days.misses_used as bigint) || ' misses, and '
        || cast(cast(days.misses_allowed as numeric(18, 1)) as text) || ' are allowed' as used,
        case
            when service_levels.valid_to < cast('9999-12-31' as timestamp) then 'withdrawn'
            when not service_levels.is_measured then 'unmeasured'
            when service_levels.target is null then 'no objective'
            when days.misses_allowed is null then 'unknown'
            when days.valid_count < {{ threshold('minimum_valid') }} then 'few'
            when days.burning is not null then 'burning'
            when days.misses_used > 0 and days.misses_allowed <= days.misses_used then 'spent'
            when days.misses_left < {{ threshold('misses_left') }} then 'short'
            else 'left'
        end as state
    from service_levels
    {{ join_thresholds('service_levels.service_level_key') }}
    cross join as_of
    left join days on service_levels.service_level_key = days.service_level_key and days.place = 1
    left join last_well on service_levels.service_level_key = last_well.service_level_key
),

final as (
    select
        {{ audit_subject('FR02', 'service level', 'judged') }},
        cast(
            case
                when state in ('burning', 'spent', 'short') then 'finding'
                when state in ('unmeasured', 'unknown', 'few') then 'cannot_tell'
                else 'clear'
            end as text
        ) as verdict,
        cast(
            case state
                when 'withdrawn' then 'It is not promised any more.'
                when 'unmeasured' then 'It is not measured: ' || coalesce(unmeasured_reason, 'why is not known') || '.'
                when 'no objective' then 'No objective was agreed on, so that there is no budget.'
                when 'unknown' then 'Nothing of its window could be judged.'
                when 'few' then 'Only ' || valid_count || ' of its window could be judged, too few to speak of a rate.'
                when 'burning' then 'Its budget burns too fast, over ' || burning || '; ' || used || '.'
                when 'spent' then 'Its budget is spent: ' || used || '.'
                when 'short' then 'Its budget has no miss left: ' || used || '.'
                else 'Its budget holds: ' || used || '.'
            end as text
        ) as reason,
        {{ json_object({
            'measured_on': 'cast(measured_on as text)',
            'target': json_number('target'),
            'valid': 'cast(valid_count as bigint)',
            'misses_allowed': json_number('misses_allowed'),
            'misses_used': json_number('misses_used'),
            'remaining_share': json_number('remaining_share'),
            'burning_windows': 'burning',
            'unreachable_windows': 'unreachable',
            'minimum_valid': json_number('minimum_valid'),
        }) }} as evidence,
        cast(case when state in ('burning', 'spent', 'short') then well_on end as timestamp) as onset_at,
        cast(as_of_at as timestamp) as as_of_at
    from judged
)

select * from final

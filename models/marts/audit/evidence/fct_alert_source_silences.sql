with

thresholds as (

    {{ audit_thresholds('AL02', ['silent_days', 'usual_silences', 'minimum_silences']) }}

),

days as (

    select
        *,
        lead(heard_on) over (partition by source_name order by heard_on) as next_heard_on,
        lead(first_heard_at) over (partition by source_name order by heard_on) as next_heard_at
    from {{ ref('int_alert_sources__heard') }}

),

-- The lower median: the silences that are judged are long and few, and do not move it.
habits as (

    select
        days.source_name,
        greatest(
            max(thresholds.silent_days),
            case
                when count(days.next_heard_on) >= max(thresholds.minimum_silences)
                    then
                        max(thresholds.usual_silences)
                        * percentile_disc(0.5) within group (order by days.next_heard_on - days.heard_on)
                else 0
            end
        ) as longest_days,
        min(days.first_heard_at) as first_heard_at,
        max(days.last_heard_at) as last_heard_at,
        max(days.read_until) as read_until
    from days
    cross join thresholds
    group by 1

),

silences as (

    select
        source_name,
        'before' as part,
        cast('1900-01-01' as timestamp) as silent_from,
        first_heard_at as silent_until,
        longest_days
    from habits
    union all
    select
        days.source_name,
        'between' as part,
        days.last_heard_at as silent_from,
        days.next_heard_at as silent_until,
        habits.longest_days
    from days
    inner join habits on days.source_name = habits.source_name
    where days.next_heard_on - days.heard_on > habits.longest_days
    union all
    -- What a source says after it was read last is not known yet.
    select
        source_name,
        'after' as part,
        least(last_heard_at + longest_days * interval '1 day', greatest(read_until, last_heard_at)) as silent_from,
        cast('9999-12-31' as timestamp) as silent_until,
        longest_days
    from habits

),

final as (

    select
        {{ surrogate_key(['source_name', 'cast(extract(epoch from silent_from) * 1000000 as bigint)']) }}
            as alert_source_silence_key,
        cast(source_name as text) as source_name,
        cast(part as text) as part,
        cast(silent_from as timestamp) as silent_from,
        cast(silent_until as timestamp) as silent_until,
        cast(longest_days as double precision) as longest_days
    from silences

)

select * from final

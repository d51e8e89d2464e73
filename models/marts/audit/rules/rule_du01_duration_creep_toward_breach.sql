with

thresholds as (
    {{ subject_thresholds('DU01', [
        'window_days', 'minimum_runs', 'p95_percent', 'median_percent', 'minimum_rise_seconds', 'breach_days'
    ]) }}
),

pipelines as (

    select * from {{ ref('fct_pipeline_activity') }}

),

trends as (

    select
        trends.*,
        headroom.allowed_seconds,
        headroom.taken_seconds,
        trends.run_count >= {{ threshold('minimum_runs') }}
        and trends.earlier_run_count >= {{ threshold('minimum_runs') }} as is_judged,
        trends.p95_seconds * 100 >= {{ threshold('p95_percent') }} * trends.earlier_p95_seconds
        and trends.median_seconds * 100 >= {{ threshold('median_percent') }} * trends.earlier_median_seconds
        and trends.median_seconds - trends.earlier_median_seconds >= {{ threshold('minimum_rise_seconds') }}
            as has_risen,
        trends.last_third_seconds * 100 >= {{ threshold('median_percent') }} * trends.first_third_seconds
        and trends.last_third_seconds - trends.first_third_seconds >= {{ threshold('minimum_rise_seconds') }}
            as is_rising,
        case
            when trends.seconds_a_day > 0 and headroom.allowed_seconds is not null
                then greatest(headroom.allowed_seconds - headroom.taken_seconds, 0) / trends.seconds_a_day
        end as days_to_breach
    from {{ ref('fct_duration_trends') }} as trends
    {{ join_thresholds('trends.pipeline_key') }}
    left join {{ ref('fct_delivery_headroom') }} as headroom on trends.pipeline_key = headroom.pipeline_key

),

judged_trends as (

    select
        trends.*,
        case
            when trends.run_count < {{ threshold('minimum_runs') }} then 'few_runs'
            when trends.is_rising and trends.days_to_breach <= {{ threshold('breach_days') }} then 'breaching'
            when not trends.is_judged then 'few_runs'
            when trends.has_risen then 'risen'
            else 'level'
        end as trend_state
    from trends
    {{ join_thresholds('trends.pipeline_key') }}

),

worst_trends as (

    select
        *,
        row_number() over (
            partition by pipeline_key
            order by
                case trend_state when 'breaching' then 1 when 'risen' then 2 when 'level' then 3 else 4 end asc,
                run_count desc,
                run_type asc
        ) as badness
    from judged_trends

),

final as (

    select
        {{ audit_subject('DU01', 'pipeline', 'pipelines') }},
        cast(
            case
                when pipelines.is_gone then 'clear'
                when worst.trend_state in ('breaching', 'risen') then 'finding'
                when worst.trend_state = 'level' then 'clear'
                else 'cannot_tell'
            end as text
        ) as verdict,
        cast(
            case
                when pipelines.is_gone then 'Not active: its definition is gone.'
                when worst.trend_state = 'breaching'
                    then 'Its runs take ' || cast(ceil(worst.seconds_a_day) as bigint)
                        || ' s longer each day, and break its deadline in '
                        || cast(ceil(worst.days_to_breach) as bigint) || ' days.'
                when worst.trend_state in ('risen', 'level')
                    then '95 % of its ' || worst.run_count || ' runs took up to '
                        || cast(ceil(worst.p95_seconds) as bigint) || ' s, '
                        || cast(floor(100 * worst.p95_seconds / worst.earlier_p95_seconds) as bigint)
                        || ' % of the time before.'
                else coalesce(worst.run_count, 0) || ' runs ended well lately and '
                    || coalesce(worst.earlier_run_count, 0) || ' before, too few to compare how long they take.'
            end as text
        ) as reason,
        {{ json_object({
            'runs': 'worst.run_count',
            'earlier_runs': 'worst.earlier_run_count',
            'p95_seconds': json_number('worst.p95_seconds'),
            'earlier_p95_seconds': json_number('worst.earlier_p95_seconds'),
            'median_seconds': json_number('worst.median_seconds'),
            'earlier_median_seconds': json_number('worst.earlier_median_seconds'),
            'seconds_more_each_day': json_number('worst.seconds_a_day'),
            'allowed_seconds': json_number('worst.allowed_seconds'),
            'days_to_breach': json_number('worst.days_to_breach'),
            'p95_percent': json_number(threshold('p95_percent')),
            'window_days': json_number(threshold('window_days')),
        }) }} as evidence,
        cast(null as timestamp) as onset_at,
        cast(pipelines.as_of_at as timestamp) as as_of_at
    from pipelines
    {{ join_thresholds('pipelines.pipeline_key') }}
    left join worst_trends as worst on pipelines.pipeline_key = worst.pipeline_key and worst.badness = 1

)

select * from final

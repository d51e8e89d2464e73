with

thresholds as (

    {{ subject_thresholds('AL04', ['window_days', 'episode_gap_minutes']) }}

),

as_of as (

    select as_of_at from {{ ref('int_sources__as_of') }}
    where source_name = '*'

),

-- What a tool says that nobody was sent is no noise.
alerts as (

    select
        alerts.alert_key,
        alerts.alert_rule_key,
        alerts.fired_at,
        coalesce(alerts.resolved_at, alerts.fired_at) as ended_at,
        as_of.as_of_at
    from {{ ref('fct_alerts') }} as alerts
    {{ join_thresholds('alerts.alert_rule_key') }}
    cross join as_of
    where
        coalesce(alerts.notification_count, 1) > 0
        and alerts.fired_at <= as_of.as_of_at
        and alerts.fired_at > as_of.as_of_at - {{ threshold('window_days') }} * interval '1 day'

),

reached as (

    select
        *,
        max(ended_at) over (
            partition by alert_rule_key
            order by fired_at, alert_key
            rows between unbounded preceding and 1 preceding
        ) as ended_before_at
    from alerts

),

-- One long trouble is one episode, however many alerts it raises; what fires again soon goes on.
numbered as (

    select
        reached.*,
        sum(
            case
                when
                    reached.fired_at
                    <= reached.ended_before_at + {{ threshold('episode_gap_minutes') }} * interval '1 minute'
                    then 0
                else 1
            end
        ) over (
            partition by reached.alert_rule_key
            order by reached.fired_at, reached.alert_key
            rows between unbounded preceding and current row
        ) as episode_number
    from reached
    {{ join_thresholds('reached.alert_rule_key') }}

),

episodes as (

    select
        alert_rule_key,
        episode_number,
        min(as_of_at) as as_of_at,
        min(fired_at) as began_at,
        count(*) as alert_count
    from numbered
    group by 1, 2

),

-- Weeks are counted back from the newest instant.
weeks as (

    select
        alert_rule_key,
        floor({{ seconds_between('began_at', 'as_of_at') }} / 604800) as weeks_ago,
        count(*) as episode_count,
        sum(alert_count) as alert_count,
        min(began_at) as first_began_at
    from episodes
    group by 1, 2

),

final as (

    select
        cast(alert_rule_key as uuid) as alert_rule_key,
        cast(sum(alert_count) as bigint) as alert_count,
        cast(sum(episode_count) as bigint) as episode_count,
        cast(max(episode_count) as bigint) as weekly_episode_count,
        cast(min(first_began_at) as timestamp) as first_fired_at
    from weeks
    group by 1

)

select * from final

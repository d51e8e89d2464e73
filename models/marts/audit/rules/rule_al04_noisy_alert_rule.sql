with

thresholds as (

    {{ subject_thresholds('AL04', ['window_days', 'weekly_alerts', 'alerts_per_episode', 'minimum_episodes']) }}

),

as_of as (

    select as_of_at from {{ ref('int_sources__as_of') }}
    where source_name = '*'

),

loads as (

    select * from {{ ref('fct_alert_rule_loads') }}

),

-- Alertmanager tells of the rules of Prometheus.
heard_tools as (

    select distinct case when alerts.tool = 'alertmanager' then 'prometheus' else alerts.tool end as tool
    from {{ ref('fct_alerts') }} as alerts
    {{ join_thresholds('alerts.alert_rule_key') }}
    cross join as_of
    where alerts.fired_at > as_of.as_of_at - {{ threshold('window_days') }} * interval '1 day'

),

rules as (

    select
        alert_rules.*,
        alert_rules.rule_name as subject_name,
        {{ threshold_columns(['window_days', 'weekly_alerts', 'alerts_per_episode', 'minimum_episodes']) }},
        as_of.as_of_at,
        coalesce(loads.alert_count, 0) as alert_count,
        coalesce(loads.episode_count, 0) as episode_count,
        coalesce(loads.weekly_episode_count, 0) as weekly_episode_count,
        loads.first_fired_at,
        case
            when alert_rules.is_enabled is false then 'off'
            when loads.weekly_episode_count > {{ threshold('weekly_alerts') }} then 'too many'
            when
                loads.episode_count >= {{ threshold('minimum_episodes') }}
                and loads.alert_count > {{ threshold('alerts_per_episode') }} * loads.episode_count
                then 'repeating'
            when loads.alert_rule_key is not null then 'bearable'
            when heard_tools.tool is null then 'unheard'
            else 'quiet'
        end as state
    from {{ ref('dim_alert_rules_current') }} as alert_rules
    {{ join_thresholds('alert_rules.alert_rule_key') }}
    cross join as_of
    left join loads on alert_rules.alert_rule_key = loads.alert_rule_key
    left join heard_tools
        on case when alert_rules.tool = 'alertmanager' then 'prometheus' else alert_rules.tool end = heard_tools.tool
    where not alert_rules.is_unknown and alert_rules.is_retired is not true

),

final as (

    select
        {{ audit_subject('AL04', 'alert rule', 'rules') }},
        cast(
            case
                when state in ('too many', 'repeating') then 'finding'
                when state = 'unheard' then 'cannot_tell'
                else 'clear'
            end as text
        ) as verdict,
        cast(
            case state
                when 'off' then 'It is off.'
                when 'too many' then 'It fired ' || weekly_episode_count || ' times in one week.'
                when 'repeating' then 'It sent ' || alert_count || ' alerts for ' || episode_count || ' troubles.'
                when 'bearable'
                    then 'It sent ' || alert_count || ' alerts for ' || episode_count
                        || ' troubles, at most ' || weekly_episode_count || ' in one week.'
                when 'quiet' then 'It did not fire lately.'
                else 'No alerts of its tool were heard lately.'
            end as text
        ) as reason,
        {{ json_object({
            'alerts': 'alert_count',
            'episodes': 'episode_count',
            'most_episodes_in_a_week': 'weekly_episode_count',
            'receivers': 'receivers',
            'weekly_alerts': json_number('weekly_alerts'),
            'alerts_per_episode': json_number('alerts_per_episode'),
            'minimum_episodes': json_number('minimum_episodes'),
            'window_days': json_number('window_days'),
        }) }} as evidence,
        cast(case when state in ('too many', 'repeating') then first_fired_at end as timestamp) as onset_at,
        cast(as_of_at as timestamp) as as_of_at
    from rules

)

select * from final

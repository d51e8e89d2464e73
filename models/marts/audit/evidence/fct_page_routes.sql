with

thresholds as (

    {{ subject_thresholds('AL05', ['last_alerts', 'grace_hours']) }}

),

as_of as (

    select as_of_at from {{ ref('int_sources__as_of') }}
    where source_name = '*'

),

-- An alert is taken up by itself or as its incident. Where neither is ever told of a tool, silence says nothing.
alerts as (

    select
        alerts.alert_rule_key,
        alerts.receivers,
        alerts.runbook_url,
        coalesce(alerts.acknowledged_at, incidents.acknowledged_at) is not null as is_taken_up,
        count(coalesce(alerts.acknowledged_at, incidents.acknowledged_at)) over (partition by alerts.tool) > 0
            as tells_acknowledgements,
        count(alerts.runbook_url) over (partition by alerts.tool) > 0 as tells_runbooks,
        row_number() over (
            partition by alerts.alert_rule_key order by alerts.fired_at desc, alerts.alert_key asc
        ) as recency
    from {{ ref('fct_alerts') }} as alerts
    {{ join_thresholds('alerts.alert_rule_key') }}
    cross join as_of
    left join {{ ref('fct_incidents') }} as incidents on alerts.incident_key = incidents.incident_key
    where alerts.fired_at <= as_of.as_of_at - {{ threshold('grace_hours') }} * interval '1 hour'

),

last_alerts as (

    select
        alerts.alert_rule_key,
        count(*) as alert_count,
        count(*) filter (where alerts.is_taken_up) as taken_up_count,
        bool_and(alerts.tells_acknowledgements) as tells_acknowledgements,
        bool_and(alerts.tells_runbooks) as tells_runbooks,
        max(alerts.runbook_url) as runbook_url,
        string_agg(distinct alerts.receivers, ', ' order by alerts.receivers) as receivers
    from alerts
    {{ join_thresholds('alerts.alert_rule_key') }}
    where alerts.recency <= {{ threshold('last_alerts') }}
    group by 1

),

annotations as (

    select
        alert_rule_key,
        annotations
    from {{ ref('int_alert_rules__versioned') }}
    where is_current

),

joined as (

    select
        alert_rules.alert_rule_key,
        as_of.as_of_at,
        coalesce(last_alerts.alert_count, 0) as alert_count,
        coalesce(last_alerts.taken_up_count, 0) as taken_up_count,
        coalesce(last_alerts.tells_acknowledgements, false) as tells_acknowledgements,
        coalesce(alert_rules.receivers, last_alerts.receivers) as receivers,
        coalesce(alert_rules.runbook_url, last_alerts.runbook_url) is not null
        or coalesce(lower(annotations.annotations) like '%runbook%', false) as has_runbook,
        not alert_rules.is_inferred or coalesce(last_alerts.tells_runbooks, false) as tells_runbooks,
        {{ is_page('alert_rules.severity', [
            'alert_rules.receivers', 'alert_rules.channels', 'last_alerts.receivers'
        ]) }} as is_page,
        {{ is_page("''", ['alert_rules.possible_receivers']) }} as may_page,
        {{ is_mended_automatically('alert_rules.summary', 'annotations.annotations') }} as is_mended
    from {{ ref('dim_alert_rules_current') }} as alert_rules
    cross join as_of
    left join annotations on alert_rules.alert_rule_key = annotations.alert_rule_key
    left join last_alerts on alert_rules.alert_rule_key = last_alerts.alert_rule_key
    where not alert_rules.is_unknown and alert_rules.is_retired is not true

),

final as (

    select
        cast(alert_rule_key as uuid) as alert_rule_key,
        cast(alert_count as bigint) as alert_count,
        cast(taken_up_count as bigint) as taken_up_count,
        cast(tells_acknowledgements as boolean) as tells_acknowledgements,
        cast(receivers as text) as receivers,
        cast(has_runbook as boolean) as has_runbook,
        cast(tells_runbooks as boolean) as tells_runbooks,
        cast(is_page as boolean) as is_page,
        cast(may_page as boolean) as may_page,
        cast(is_mended as boolean) as is_mended,
        cast(as_of_at as timestamp) as as_of_at
    from joined

)

select * from final

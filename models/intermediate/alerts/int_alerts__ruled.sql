with

alerts as (

    select * from {{ ref('int_alerts__resolved') }}
    where rule_name is not null

),

rules as (

    select distinct
        alert_rule_key,
        tool,
        rule_name,
        severity
    from {{ ref('int_alert_rules__versioned') }}

),

-- Alertmanager tells of the rules of Prometheus. A rule of the alert's own severity is meant before one that sets none.
candidates as (

    select
        alerts.alert_key,
        rules.alert_rule_key,
        rank() over (
            partition by alerts.alert_key order by case when rules.severity is not null then 1 else 2 end
        ) as precedence
    from alerts
    inner join rules
        on
            alerts.rule_name = rules.rule_name
            and case when alerts.tool = 'alertmanager' then 'prometheus' else alerts.tool end = rules.tool
            and (rules.severity is null or alerts.severity = rules.severity or alerts.severity is null)

),

chosen as (

    select
        alert_key,
        {{ only_key('alert_rule_key', 'precedence = 1') }} as alert_rule_key
    from candidates
    group by alert_key

),

final as (

    select
        cast(alerts.alert_key as uuid) as alert_key,
        -- An alert of a rule that no feed describes infers it; one that several rules fit is of none for certain.
        cast(
            case
                when chosen.alert_key is null
                    then {{ surrogate_key([
                        'alerts.tool', 'alerts.tool_instance', 'alerts.rule_name', 'alerts.severity'
                    ]) }}
                else coalesce(chosen.alert_rule_key, {{ unknown_key() }})
            end as uuid
        ) as alert_rule_key,
        cast(chosen.alert_key is null as boolean) as is_inferred,
        cast(alerts.source_name as text) as source_name,
        cast(alerts.tool as text) as tool,
        cast(alerts.rule_name as text) as rule_name,
        cast(alerts.severity as text) as severity,
        cast(alerts.runbook_url as text) as runbook_url
    from alerts
    left join chosen on alerts.alert_key = chosen.alert_key

)

select * from final

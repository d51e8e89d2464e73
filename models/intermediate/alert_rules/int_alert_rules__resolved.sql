with

rules as (

    select * from {{ ref('int_alert_rules__versioned') }}

),

routes as (

    select * from {{ ref('int_alert_rules__routed') }}

),

alerts as (

    select * from {{ ref('int_alerts__ruled') }}
    where is_inferred

),

-- Who is told today.
routed as (
    select
        alert_rule_key,
        string_agg(receiver, ', ' order by receiver) filter (where is_certain) as receivers,
        string_agg(receiver, ', ' order by receiver) filter (where not is_certain) as possible_receivers,
        string_agg(channels, ', ' order by receiver) filter (where is_certain) as channels,
        case when bool_or(is_certain and channels is not null) or bool_and(channels is not null) then true
            when bool_and(channels is null) then false end
            as is_routed
    from routes
    group by 1

),

unioned as (

    select
        rules.alert_rule_key,
        rules.valid_from,
        rules.valid_to,
        rules.is_current,
        rules.source_name,
        rules.source_file,
        rules.tool,
        nullif(rules.rule_group, '') as rule_group,
        rules.rule_name,
        rules.severity,
        rules.owner,
        rules.expression,
        rules.fires_after,
        rules.summary,
        rules.runbook_url,
        coalesce(routed.receivers, rules.channel) as receivers,
        routed.possible_receivers,
        coalesce(routed.channels, rules.channel) as channels,
        -- An automation of Prefect says all that it does.
        coalesce(routed.is_routed, rules.channel is not null or nullif(rules.tool <> 'prefect', true)) as is_routed,
        rules.is_enabled,
        false as is_inferred
    from rules
    left join routed on rules.alert_rule_key = routed.alert_rule_key
    union all
    select
        alert_rule_key,
        cast('1900-01-01' as timestamp) as valid_from,
        cast('9999-12-31' as timestamp) as valid_to,
        true as is_current,
        min(source_name) as source_name,
        cast(null as text) as source_file,
        min(tool) as tool,
        cast(null as text) as rule_group,
        min(rule_name) as rule_name,
        min(severity) as severity,
        cast(null as text) as owner,
        cast(null as text) as expression,
        cast(null as text) as fires_after,
        cast(null as text) as summary,
        max(runbook_url) as runbook_url,
        cast(null as text) as receivers,
        cast(null as text) as possible_receivers,
        cast(null as text) as channels,
        cast(null as boolean) as is_routed,
        cast(null as boolean) as is_enabled,
        true as is_inferred
    from alerts
    group by 1

),

final as (

    select
        cast(alert_rule_key as uuid) as alert_rule_key,
        cast(valid_from as timestamp) as valid_from,
        cast(valid_to as timestamp) as valid_to,
        cast(is_current as boolean) as is_current,
        cast(source_name as text) as source_name,
        cast(source_file as text) as source_file,
        cast(tool as text) as tool,
        cast(rule_group as text) as rule_group,
        cast(rule_name as text) as rule_name,
        cast(severity as text) as severity,
        cast(owner as text) as owner,
        cast(expression as text) as expression,
        cast(fires_after as text) as fires_after,
        cast(summary as text) as summary,
        cast(runbook_url as text) as runbook_url,
        cast(receivers as text) as receivers,
        cast(possible_receivers as text) as possible_receivers,
        cast(channels as text) as channels,
        cast(is_routed as boolean) as is_routed,
        cast(is_enabled as boolean) as is_enabled,
        cast(is_inferred as boolean) as is_inferred
    from unioned

)

select * from final

-- depends_on: {{ ref('dim_teams_current') }}
with

rules as (

    select * from {{ ref('int_alert_rules__resolved') }}

),

teams as (

    select * from {{ ref('int_teams__resolved') }}

),

members as (

    select
        rules.alert_rule_key,
        rules.valid_from,
        rules.valid_to,
        rules.is_current,
        rules.source_name,
        rules.source_file,
        rules.tool,
        rules.rule_group,
        rules.rule_name,
        rules.severity,
        rules.owner,
        coalesce(teams.team_key, {{ unknown_key() }}) as team_key,
        rules.expression,
        rules.fires_after,
        rules.summary,
        rules.runbook_url,
        rules.receivers,
        rules.possible_receivers,
        rules.channels,
        rules.is_routed,
        rules.is_enabled,
        rules.is_inferred,
        false as is_unknown
    from rules
    left join teams on rules.owner = teams.owner_name
    union all
    select
        {{ unknown_key() }} as alert_rule_key,
        cast('1900-01-01' as timestamp) as valid_from,
        cast('9999-12-31' as timestamp) as valid_to,
        true as is_current,
        cast(null as text) as source_name,
        cast(null as text) as source_file,
        cast(null as text) as tool,
        cast(null as text) as rule_group,
        'unknown' as rule_name,
        cast(null as text) as severity,
        cast(null as text) as owner,
        {{ unknown_key() }} as team_key,
        cast(null as text) as expression,
        cast(null as text) as fires_after,
        cast(null as text) as summary,
        cast(null as text) as runbook_url,
        cast(null as text) as receivers,
        cast(null as text) as possible_receivers,
        cast(null as text) as channels,
        cast(null as boolean) as is_routed,
        cast(null as boolean) as is_enabled,
        false as is_inferred,
        true as is_unknown

),

final as (

    select
        {{ version_key('alert_rule_key') }} as alert_rule_version_key,
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
        cast(team_key as uuid) as team_key,
        cast(expression as text) as expression,
        cast(fires_after as text) as fires_after,
        cast(summary as text) as summary,
        cast(runbook_url as text) as runbook_url,
        cast(receivers as text) as receivers,
        cast(possible_receivers as text) as possible_receivers,
        cast(channels as text) as channels,
        cast(is_routed as boolean) as is_routed,
        cast(is_enabled as boolean) as is_enabled,
        cast(is_inferred as boolean) as is_inferred,
        cast(is_unknown as boolean) as is_unknown,
        cast(false as boolean) as is_retired
    from members

)

select * from final

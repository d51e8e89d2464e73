{{ config(materialized='table') }}

with

files as (
    select * from {{ ref('int_alert_rule_files__dated') }}
),

definitions as (
    select * from {{ ref('int_alert_rules__defined') }}
),

rules as (
    select
        files.source_name,
        files.source_file,
        definitions.tool,
        definitions.rule_group,
        definitions.rule_name,
        definitions.severity,
        definitions.occurrence,
        min(files.state_number) as first_state_number
    from files
    inner join definitions
        on
            files.source_name = definitions.source_name
            and files.content_sha256 = definitions.content_sha256
    group by 1, 2, 3, 4, 5, 6, 7
),

-- Each rule in each state of its file, from the first that has it; a state without it switched it off.
states as (

    select
        {{ surrogate_key([
            'rules.source_name', 'rules.source_file', 'rules.tool', 'rules.rule_group', 'rules.rule_name',
            'rules.severity', 'rules.occurrence'
        ]) }} as alert_rule_key,
        rules.source_name,
        rules.source_file,
        rules.tool,
        rules.rule_group,
        rules.rule_name,
        rules.severity,
        files.state_number,
        files.changed_at,
        definitions.owner,
        definitions.expression,
        definitions.fires_after,
        definitions.summary,
        definitions.runbook_url,
        definitions.labels,
        definitions.annotations,
        definitions.channel,
        coalesce(definitions.is_enabled, false) as is_enabled,
        definitions.rule_name is not null as is_defined,
        definitions.definition_key
    from rules
    inner join files
        on
            rules.source_name = files.source_name
            and rules.source_file = files.source_file
            and rules.first_state_number <= files.state_number
    left join definitions
        on
            files.source_name = definitions.source_name
            and files.content_sha256 = definitions.content_sha256
            and rules.tool = definitions.tool
            and rules.rule_group = definitions.rule_group
            and rules.rule_name = definitions.rule_name
            and rules.severity is not distinct from definitions.severity
            and rules.occurrence = definitions.occurrence

),

compared as (
    select
        *,
        lag(state_number) over (partition by alert_rule_key order by state_number) is null as is_first,
        lag(definition_key) over (partition by alert_rule_key order by state_number) as definition_key_before
    from states
),

changes as (
    select
        *,
        case when is_first then cast('1900-01-01' as timestamp) else changed_at end as valid_from
    from compared
    where is_first or definition_key is distinct from definition_key_before
),

final as (

    select
        cast(alert_rule_key as uuid) as alert_rule_key,
        cast(valid_from as timestamp) as valid_from,
        cast(coalesce(lead(valid_from) over by_rule, cast('9999-12-31' as timestamp)) as timestamp) as valid_to,
        cast(lead(valid_from) over by_rule is null as boolean) as is_current,
        cast(source_name as text) as source_name,
        cast(source_file as text) as source_file,
        cast(tool as text) as tool,
        cast(rule_group as text) as rule_group,
        cast(rule_name as text) as rule_name,
        cast(severity as text) as severity,
        cast(case when is_defined then owner else lag(owner) over by_rule end as text) as owner,
        cast(case when is_defined then expression else lag(expression) over by_rule end as text) as expression,
        cast(case when is_defined then fires_after else lag(fires_after) over by_rule end as text) as fires_after,
        cast(case when is_defined then summary else lag(summary) over by_rule end as text) as summary,
        cast(case when is_defined then runbook_url else lag(runbook_url) over by_rule end as text) as runbook_url,
        cast(case when is_defined then labels else lag(labels) over by_rule end as text) as labels,
        cast(case when is_defined then annotations else lag(annotations) over by_rule end as text) as annotations,
        cast(case when is_defined then channel else lag(channel) over by_rule end as text) as channel,
        cast(is_enabled as boolean) as is_enabled
    from changes
    window by_rule as (partition by alert_rule_key order by state_number)

)

select * from final

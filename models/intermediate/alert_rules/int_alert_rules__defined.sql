with

rules as (

    select * from {{ ref('stg_alert_rules__rules') }}

),

records as (

    select * from {{ ref('stg_alert_rules__records') }}

),

automations as (

    select * from {{ ref('int_alert_automations__defined') }}

),

unioned as (

    select
        source_name,
        content_sha256,
        document_number,
        group_number,
        rule_number,
        'prometheus' as tool,
        rule_group,
        rule_name,
        severity,
        owner,
        expression,
        fires_after,
        summary,
        runbook_url,
        labels,
        annotations,
        cast(null as text) as channel,
        true as is_enabled
    from rules
    union all
    select
        source_name,
        content_sha256,
        document_number,
        1 as group_number,
        1 as rule_number,
        tool,
        rule_group,
        rule_name,
        severity,
        owner,
        expression,
        fires_after,
        summary,
        runbook_url,
        cast(null as text) as labels,
        cast(null as text) as annotations,
        channel,
        is_enabled
    from records
    union all
    select
        source_name,
        content_sha256,
        document_number,
        1 as group_number,
        1 as rule_number,
        'prefect' as tool,
        cast(null as text) as rule_group,
        rule_name,
        cast(null as text) as severity,
        cast(null as text) as owner,
        expression,
        fires_after,
        summary,
        cast(null as text) as runbook_url,
        cast(null as text) as labels,
        cast(null as text) as annotations,
        channel,
        is_enabled
    from automations

),

-- Rules of one name differ by severity; those that do not are told apart by their order.
final as (

    select
        cast(source_name as text) as source_name,
        cast(content_sha256 as text) as content_sha256,
        cast(tool as text) as tool,
        cast(coalesce(rule_group, '') as text) as rule_group,
        cast(rule_name as text) as rule_name,
        cast(lower(severity) as text) as severity,
        cast(
            row_number() over (
                partition by source_name, content_sha256, tool, rule_group, rule_name, lower(severity)
                order by document_number, group_number, rule_number
            ) as bigint
        ) as occurrence,
        cast(owner as text) as owner,
        cast(expression as text) as expression,
        cast(fires_after as text) as fires_after,
        cast(summary as text) as summary,
        cast(runbook_url as text) as runbook_url,
        cast(labels as text) as labels,
        cast(annotations as text) as annotations,
        cast(channel as text) as channel,
        cast(is_enabled as boolean) as is_enabled,
        {{ surrogate_key(['owner', 'expression', 'fires_after', 'summary', 'runbook_url', 'labels', 'annotations',
            'channel', 'is_enabled']) }} as definition_key
    from unioned

)

select * from final

with

thresholds as (

    {{ subject_thresholds('AL05', ['last_alerts', 'grace_hours']) }}

),

rules as (

    select
        alert_rules.*,
        alert_rules.rule_name as subject_name,
        {{ threshold_columns(['last_alerts', 'grace_hours']) }},
        routes.alert_count,
        routes.taken_up_count,
        routes.receivers as known_receivers,
        routes.as_of_at,
        case
            when alert_rules.is_enabled is false then 'off'
            when routes.is_page and routes.is_mended then 'mended'
            when routes.is_page and not routes.has_runbook and routes.tells_runbooks then 'no runbook'
            when
                routes.is_page
                and routes.tells_acknowledgements
                and routes.alert_count >= {{ threshold('last_alerts') }}
                and routes.taken_up_count = 0
                then 'unanswered'
            when routes.is_page and not routes.has_runbook then 'undescribed'
            when routes.is_page then 'page'
            when
                alert_rules.is_routed is false
                and alert_rules.severity in ('critical', 'fatal', 'emergency', 'high', 'error', 'major', 'p2')
                then 'nobody'
            when routes.may_page and not routes.has_runbook then 'may page'
            when alert_rules.is_routed is not null or routes.receivers is not null then 'no page'
            else 'unknown'
        end as state
    from {{ ref('dim_alert_rules_current') }} as alert_rules
    {{ join_thresholds('alert_rules.alert_rule_key') }}
    inner join {{ ref('fct_page_routes') }} as routes on alert_rules.alert_rule_key = routes.alert_rule_key

),

final as (

    select
        {{ audit_subject('AL05', 'alert rule', 'rules') }},
        cast(
            case
                when state in ('no runbook', 'unanswered', 'nobody') then 'finding'
                when state in ('may page', 'undescribed', 'unknown') then 'cannot_tell'
                else 'clear'
            end as text
        ) as verdict,
        cast(
            case state
                when 'off' then 'It is off.'
                when 'mended' then 'It pages, and what it tells of is mended automatically.'
                when 'no runbook' then 'It pages (' || coalesce(known_receivers, severity) || '), and has no runbook.'
                when 'unanswered'
                    then 'It pages (' || coalesce(known_receivers, severity)
                        || '), and nobody took up its last ' || alert_count || ' alerts.'
                when 'nobody' then 'It is ' || severity || ', and its alerts reach nobody.'
                when 'undescribed' then 'It pages; no feed describes it, and its alerts name no runbook.'
                when 'page' then 'It pages, and has a runbook.'
                when 'may page' then 'It has no runbook; whether it pages hangs on labels that its series may carry.'
                when 'no page' then 'It pages nobody.'
                else 'Nothing says where its alerts go.'
            end as text
        ) as reason,
        {{ json_object({
            'severity': 'severity',
            'receivers': 'known_receivers',
            'channels': 'channels',
            'runbook_url': 'runbook_url',
            'last_alerts': 'alert_count',
            'taken_up': 'taken_up_count',
            'wanted_last_alerts': json_number('last_alerts'),
            'grace_hours': json_number('grace_hours'),
        }) }} as evidence,
        -- A rule's first version holds since before anything is known.
        cast(
            case
                when state in ('no runbook', 'nobody') and valid_from > cast('1900-01-01' as timestamp) then valid_from
            end as timestamp
        ) as onset_at,
        cast(as_of_at as timestamp) as as_of_at
    from rules

)

select * from final

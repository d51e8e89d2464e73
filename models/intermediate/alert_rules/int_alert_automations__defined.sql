with

automations as (

    select * from {{ ref('stg_alert_rules__automations') }}

),

triggers as (

    select * from {{ ref('int_alert_automations__triggered') }}

),

actions as (

    select
        automations.source_name,
        automations.content_sha256,
        automations.document_number,
        {{ json_field_text('action.element', ['type']) }} as action_type,
        concat_ws(
            ' ',
            {{ json_field_text('action.element', ['type']) }},
            {{ json_field_text('action.element', ['block_document_id']) }}
        ) as channel
    from automations
    {{ json_array_elements('automations.actions', 'action', {'type': 'text', 'block_document_id': 'text'}) }}

),

-- What pauses, starts or changes something tells nobody.
told as (

    select
        source_name,
        content_sha256,
        document_number,
        string_agg(distinct channel, ', ' order by channel) as channel
    from actions
    where action_type in ('send-notification', 'send-email-notification', 'call-webhook')
    group by 1, 2, 3

),

fired as (

    select
        source_name,
        content_sha256,
        document_number,
        string_agg(
            case when is_of_absence then 'no ' else '' end || expression, '; ' order by trigger_number
        ) as expression,
        -- Of several triggers each counts for itself, in the time that is set for all of them.
        case when count(*) = 1 then max(threshold) end as threshold,
        case when count(*) = 1 then max(within_seconds) end as within_seconds
    from triggers
    group by 1, 2, 3

),

final as (

    select
        cast(automations.source_name as text) as source_name,
        cast(automations.content_sha256 as text) as content_sha256,
        cast(automations.document_number as bigint) as document_number,
        cast(automations.rule_name as text) as rule_name,
        cast(automations.summary as text) as summary,
        cast(
            case automations.trigger_type
                when 'compound' then coalesce(automations.required, 'all') || ' of: '
                when 'sequence' then 'in this order: '
                else ''
            end || fired.expression as text
        ) as expression,
        cast(
            nullif(concat_ws(
                ' ',
                case when fired.threshold > 1 then cast(cast(fired.threshold as bigint) as text) || ' times' end,
                'within ' || cast(
                    cast(nullif(coalesce(automations.within_seconds, fired.within_seconds), 0) as bigint) as text
                ) || 's'
            ), '') as text
        ) as fires_after,
        cast(told.channel as text) as channel,
        cast(automations.is_enabled as boolean) as is_enabled
    from automations
    left join fired
        on
            automations.source_name = fired.source_name
            and automations.content_sha256 = fired.content_sha256
            and automations.document_number = fired.document_number
    left join told
        on
            automations.source_name = told.source_name
            and automations.content_sha256 = told.content_sha256
            and automations.document_number = told.document_number

)

select * from final

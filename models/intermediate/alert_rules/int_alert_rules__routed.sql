with

reached as (

    select * from {{ ref('int_alert_routes__reached') }}
    where is_reached is not false

),

receivers as (

    select * from {{ ref('stg_alert_rules__receivers') }}

),

-- It stops where no route inside takes it.
delivered as (

    select
        own.alert_rule_key,
        own.source_name,
        own.content_sha256,
        own.document_number,
        own.receiver,
        own.is_reached is true and count(inside.route_path) = 0 as is_certain
    from reached as own
    left join reached as inside
        on
            own.alert_rule_key = inside.alert_rule_key
            and own.content_sha256 = inside.content_sha256
            and own.document_number = inside.document_number
            and inside.route_path like own.route_path || '.%'
    group by
        own.alert_rule_key, own.source_name, own.content_sha256, own.document_number, own.receiver, own.route_path,
        own.is_reached
    having coalesce(bool_or(inside.is_reached), false) is false

),

final as (

    select
        cast(delivered.alert_rule_key as uuid) as alert_rule_key,
        cast(delivered.receiver as text) as receiver,
        cast(bool_or(delivered.is_certain) as boolean) as is_certain,
        cast(
            string_agg(
                distinct concat_ws(' ', receivers.integration, receivers.destination), ', '
                order by concat_ws(' ', receivers.integration, receivers.destination)
            ) filter (where receivers.integration is not null) as text
        ) as channels
    from delivered
    left join receivers
        on
            delivered.source_name = receivers.source_name
            and delivered.content_sha256 = receivers.content_sha256
            and delivered.document_number = receivers.document_number
            and delivered.receiver = receivers.receiver
    where delivered.receiver is not null
    group by delivered.alert_rule_key, delivered.receiver

)

select * from final

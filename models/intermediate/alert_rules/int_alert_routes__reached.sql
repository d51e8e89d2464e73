with

matched as (

    select * from {{ ref('int_alert_routes__matched') }}

),

routes as (

    select * from {{ ref('stg_alert_rules__routes') }}

),

-- A route is not tried where one before it on its level took the alert.
tried as (

    select
        own.alert_rule_key,
        own.source_name,
        own.content_sha256,
        own.document_number,
        own.route_path,
        case
            when own.is_match is false or bool_or(earlier.is_match) then false
            when own.is_match and count(earlier.route_path) = 0 then true
        end as is_taken
    from matched as own
    left join matched as earlier
        on
            own.alert_rule_key = earlier.alert_rule_key
            and own.content_sha256 = earlier.content_sha256
            and own.document_number = earlier.document_number
            and own.route_path > earlier.route_path
            and length(own.route_path) = length(earlier.route_path)
            and left(own.route_path, length(own.route_path) - 7) = left(earlier.route_path, length(own.route_path) - 7)
            and not earlier.is_continued
            and earlier.is_match is not false
    group by
        own.alert_rule_key, own.source_name, own.content_sha256, own.document_number, own.route_path, own.is_match

),

-- An alert comes to a route through every route around it, and takes the receiver of the nearest that names one.
reached as (

    select
        own.alert_rule_key,
        own.source_name,
        own.content_sha256,
        own.document_number,
        own.route_path,
        case
            when bool_or(around.is_taken is false) then false
            when bool_and(coalesce(around.is_taken, false)) then true
        end as is_reached,
        (array_agg(routes.receiver order by around.route_path desc) filter (where routes.receiver is not null))[1]
            as receiver
    from tried as own
    inner join tried as around
        on
            own.alert_rule_key = around.alert_rule_key
            and own.content_sha256 = around.content_sha256
            and own.document_number = around.document_number
            and (own.route_path || '.') like (around.route_path || '.%')
    inner join routes
        on
            around.source_name = routes.source_name
            and around.content_sha256 = routes.content_sha256
            and around.document_number = routes.document_number
            and around.route_path = routes.route_path
    group by own.alert_rule_key, own.source_name, own.content_sha256, own.document_number, own.route_path

),

final as (

    select
        cast(alert_rule_key as uuid) as alert_rule_key,
        cast(source_name as text) as source_name,
        cast(content_sha256 as text) as content_sha256,
        cast(document_number as bigint) as document_number,
        cast(route_path as text) as route_path,
        cast(receiver as text) as receiver,
        cast(is_reached as boolean) as is_reached
    from reached

)

select * from final

with

rules as (

    select * from {{ ref('int_alert_rules__versioned') }}
    where
        is_current
        and is_enabled
        and tool = 'prometheus'

),

files as (

    select * from {{ ref('int_alert_rule_files__dated') }}
    where is_last

),

routes as (

    select distinct
        routes.source_name,
        routes.content_sha256,
        routes.document_number,
        routes.route_path,
        routes.is_continued
    from {{ ref('stg_alert_rules__routes') }} as routes
    inner join files
        on
            routes.source_name = files.source_name
            and routes.content_sha256 = files.content_sha256

),

matchers as (

    select * from {{ ref('int_alert_routes__unpacked') }}

),

labels as (

    select * from {{ ref('int_alert_rules__labelled') }}

),

compared as (

    select
        rules.alert_rule_key,
        routes.source_name,
        routes.content_sha256,
        routes.document_number,
        routes.route_path,
        routes.is_continued,
        matchers.source_name is null as is_without_matchers,
        case
            when matchers.comparison = '=' then labels.label_value = matchers.operand
            when matchers.comparison = '!=' then labels.label_value <> matchers.operand
            -- What engines read alike of a regular expression: alternatives, and any text.
            when matchers.operand ~ '^([A-Za-z0-9_ :/|-]|[.][*+]?)*$'
                then (labels.label_value ~ ('^(' || matchers.operand || ')$')) = (matchers.comparison = '=~')
        end as is_match
    from rules
    inner join routes on rules.source_name = routes.source_name
    left join matchers
        on
            routes.source_name = matchers.source_name
            and routes.content_sha256 = matchers.content_sha256
            and routes.document_number = matchers.document_number
            and routes.route_path = matchers.route_path
    left join labels
        on
            rules.alert_rule_key = labels.alert_rule_key
            and matchers.label_name = labels.label_name

),

final as (

    select
        cast(alert_rule_key as uuid) as alert_rule_key,
        cast(source_name as text) as source_name,
        cast(content_sha256 as text) as content_sha256,
        cast(document_number as bigint) as document_number,
        cast(route_path as text) as route_path,
        cast(is_continued as boolean) as is_continued,
        -- No where one matcher says no, yes where all say yes, else it is not known.
        cast(
            case
                when bool_or(is_match is false) then false
                when bool_and(is_without_matchers or coalesce(is_match, false)) then true
            end as boolean
        ) as is_match
    from compared
    group by alert_rule_key, source_name, content_sha256, document_number, route_path, is_continued

)

select * from final

with

files as (

    select * from {{ ref('int_alert_rule_files__dated') }}
    where is_last

),

-- The routes that hold today.
routes as (

    select routes.*
    from {{ ref('stg_alert_rules__routes') }} as routes
    inner join files
        on
            routes.source_name = files.source_name
            and routes.content_sha256 = files.content_sha256

),

written as (

    select
        routes.source_name,
        routes.content_sha256,
        routes.document_number,
        routes.route_path,
        {{ json_scalar_text('matcher.element') }} as matcher
    from routes
    {{ json_array_elements('routes.matchers', 'matcher') }}

),

split as (

    select
        *,
        regexp_replace(matcher, '^\s*([A-Za-z_][A-Za-z0-9_]*)\s*(=~|!~|!=|=)\s*(.*)$', '\1') as label_name,
        regexp_replace(matcher, '^\s*([A-Za-z_][A-Za-z0-9_]*)\s*(=~|!~|!=|=)\s*(.*)$', '\2') as comparison,
        regexp_replace(matcher, '^\s*([A-Za-z_][A-Za-z0-9_]*)\s*(=~|!~|!=|=)\s*(.*)$', '\3') as operand
    from written

),

matchers as (

    select
        source_name,
        content_sha256,
        document_number,
        route_path,
        -- A matcher that is written in another way is known to be there, and not what it asks.
        case when is_read then label_name end as label_name,
        case when is_read then comparison end as comparison,
        case when is_read then replace(regexp_replace(trim(operand), '^"(.*)"$', '\1'), '\"', '"') end as operand
    from (
        select
            *,
            label_name <> matcher
            and operand not like '%",%'
            and (operand like '"%' or operand not like '%,%') as is_read
        from split
    ) as judged
    union all
    select
        routes.source_name,
        routes.content_sha256,
        routes.document_number,
        routes.route_path,
        entry.entry_name as label_name,
        '=' as comparison,
        {{ json_scalar_text('entry.entry_value') }} as operand
    from routes
    {{ json_object_entries('routes.equal_labels', 'entry') }}
    union all
    select
        routes.source_name,
        routes.content_sha256,
        routes.document_number,
        routes.route_path,
        entry.entry_name as label_name,
        '=~' as comparison,
        {{ json_scalar_text('entry.entry_value') }} as operand
    from routes
    {{ json_object_entries('routes.matching_labels', 'entry') }}

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(content_sha256 as text) as content_sha256,
        cast(document_number as bigint) as document_number,
        cast(route_path as text) as route_path,
        cast(
            row_number() over (
                partition by source_name, content_sha256, document_number, route_path
                order by label_name, comparison, operand
            ) as bigint
        ) as matcher_number,
        cast(label_name as text) as label_name,
        cast(comparison as text) as comparison,
        cast(operand as text) as operand
    from matchers

)

select * from final

with source as (

    select * from {{ source('alert_rules', 'routes') }}

),

parsed as (

    select
        _source_name as source_name,
        content_sha256,
        document_number,
        route_path,
        {{ json_parse('route', {
            'receiver': 'text', 'continue': 'text', 'matchers': 'json', 'match': 'json', 'match_re': 'json',
        }) }} as route
    from source

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(content_sha256 as text) as content_sha256,
        cast(document_number as bigint) as document_number,
        cast(route_path as text) as route_path,
        cast({{ json_field_text('route', ['receiver']) }} as text) as receiver,
        cast(coalesce(lower({{ json_field_text('route', ['continue']) }}), 'false') = 'true' as boolean)
            as is_continued,
        cast({{ json_field('route', ['matchers']) }} as text) as matchers,
        cast({{ json_field('route', ['match']) }} as text) as equal_labels,
        cast({{ json_field('route', ['match_re']) }} as text) as matching_labels
    from parsed

)

select * from final

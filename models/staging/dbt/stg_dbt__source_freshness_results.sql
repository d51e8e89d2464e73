with source as (

    select * from {{ source('dbt', 'source_freshness_results') }}

),

parsed as (

    select
        _source_name as source_name,
        artifact_id,
        result_index,
        unique_id,
        {{ json_parse('result', {
            'status': 'text',
            'error': 'text',
            'max_loaded_at': 'text',
            'snapshotted_at': 'text',
            'max_loaded_at_time_ago_in_s': 'text',
            'criteria': {
                'warn_after': {'count': 'text', 'period': 'text'},
                'error_after': {'count': 'text', 'period': 'text'},
            },
        }) }} as result
    from source

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(artifact_id as text) as artifact_id,
        cast(result_index as bigint) as result_index,
        cast(nullif(unique_id, '') as text) as unique_id,
        cast(lower({{ json_field_text('result', ['status']) }}) as text) as status,
        cast(
            {{ parse_timestamp(json_field_text('result', ['max_loaded_at'])) }} as timestamp
        ) as max_loaded_at,
        cast(
            {{ parse_timestamp(json_field_text('result', ['snapshotted_at'])) }} as timestamp
        ) as snapshotted_at,
        cast(
            {{ to_number(json_field_text('result', ['max_loaded_at_time_ago_in_s'])) }}
            as double precision
        ) as age_seconds,
        cast(
            {{ freshness_seconds('result', ['criteria', 'warn_after']) }} as double precision
        ) as warn_after_seconds,
        cast(
            {{ freshness_seconds('result', ['criteria', 'error_after']) }} as double precision
        ) as error_after_seconds,
        cast(
            nullif(trim(
                both chr(10) || chr(13) || ' ' from regexp_replace(
                    {{ json_field_text('result', ['error']) }}, chr(27) || '\[[0-9;]*[A-Za-z]', '', 'g'
                )
            ), '') as text
        ) as message
    from parsed

)

select * from final

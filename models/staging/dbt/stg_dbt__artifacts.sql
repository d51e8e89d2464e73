with source as (

    select * from {{ source('dbt', 'artifacts') }}

),

parsed as (

    select
        _source_name as source_name,
        _source_file as source_file,
        _loaded_at as loaded_at,
        artifact_id,
        artifact_type,
        schema_version,
        elapsed_time as elapsed_seconds,
        {{ json_parse('metadata', {
            'dbt_version': 'text',
            'generated_at': 'text',
            'invocation_id': 'text',
            'invocation_started_at': 'text',
            'project_name': 'text',
            'project_id': 'text',
            'adapter_type': 'text',
        }) }} as metadata,
        {{ json_parse('args', {
            'which': 'text',
            'target': 'text',
            'full_refresh': 'text',
        }) }} as args
    from source

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(artifact_id as text) as artifact_id,
        cast(artifact_type as text) as artifact_type,
        cast(schema_version as integer) as schema_version,
        cast({{ json_field_text('metadata', ['dbt_version']) }} as text) as dbt_version,
        cast(
            {{ parse_timestamp(json_field_text('metadata', ['generated_at'])) }} as timestamp
        ) as generated_at,
        cast(
            nullif({{ json_field_text('metadata', ['invocation_id']) }}, '') as text
        ) as invocation_id,
        cast(
            {{ parse_timestamp(json_field_text('metadata', ['invocation_started_at'])) }}
            as timestamp
        ) as invocation_started_at,
        cast(
            nullif({{ json_field_text('metadata', ['project_name']) }}, '') as text
        ) as project_name,
        cast({{ json_field_text('metadata', ['project_id']) }} as text) as project_id,
        cast(lower({{ json_field_text('metadata', ['adapter_type']) }}) as text) as adapter_type,
        cast(lower({{ json_field_text('args', ['which']) }}) as text) as command,
        cast({{ json_field_text('args', ['target']) }} as text) as target_name,
        cast(
            lower({{ json_field_text('args', ['full_refresh']) }}) = 'true' as boolean
        ) as is_full_refresh,
        cast(elapsed_seconds as double precision) as elapsed_seconds,
        cast(loaded_at as timestamp) as loaded_at,
        cast(source_file as text) as source_file
    from parsed

)

select * from final

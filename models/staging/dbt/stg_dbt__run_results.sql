{{ config(materialized='table') }}

with source as (

    select * from {{ source('dbt', 'run_results') }}

),

parsed as (

    select
        _source_name as source_name,
        artifact_id,
        result_index,
        unique_id,
        {{ json_parse('result', {
            'status': 'text',
            'message': 'text',
            'failures': 'text',
            'thread_id': 'text',
            'execution_time': 'text',
            'relation_name': 'text',
            'timing': 'json',
            'adapter_response': {
                'code': 'text',
                'rows_affected': 'text',
                'bytes_processed': 'text',
                'query_id': 'text',
                'job_id': 'text',
            },
        }) }} as result
    from source

),

timings as (

    select
        parsed.source_name,
        parsed.artifact_id,
        parsed.result_index,
        max({{ json_field_text('timing.element', ['started_at']) }}) as started_at,
        max({{ json_field_text('timing.element', ['completed_at']) }}) as completed_at
    from parsed
    {{ json_array_elements(json_field('parsed.result', ['timing']), 'timing', {
        'name': 'text', 'started_at': 'text', 'completed_at': 'text',
    }) }}
    where
        {{ json_field_text('timing.element', ['name']) }} = 'execute'
        -- dbt 2 gives skipped results the times of the decision to skip them.
        and lower({{ json_field_text('parsed.result', ['status']) }}) <> 'skipped'
    group by parsed.source_name, parsed.artifact_id, parsed.result_index

),

joined as (

    select
        parsed.*,
        timings.started_at,
        timings.completed_at,
        {{ to_bigint(json_field_text('result', ['adapter_response', 'rows_affected'])) }}
            as rows_affected
    from parsed
    left join timings
        on
            parsed.source_name = timings.source_name
            and parsed.artifact_id = timings.artifact_id
            and parsed.result_index = timings.result_index

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(artifact_id as text) as artifact_id,
        cast(result_index as bigint) as result_index,
        cast(nullif(unique_id, '') as text) as unique_id,
        cast(lower({{ json_field_text('result', ['status']) }}) as text) as status,
        cast({{ parse_timestamp('started_at') }} as timestamp) as execute_started_at,
        cast({{ parse_timestamp('completed_at') }} as timestamp) as execute_completed_at,
        cast(
            {{ to_number(json_field_text('result', ['execution_time'])) }} as double precision
        ) as execution_seconds,
        cast({{ to_bigint(json_field_text('result', ['failures'])) }} as bigint) as failures,
        cast(case when rows_affected >= 0 then rows_affected end as bigint) as rows_affected,
        cast(
            {{ to_bigint(json_field_text('result', ['adapter_response', 'bytes_processed'])) }}
            as bigint
        ) as bytes_processed,
        cast(
            {{ json_field_text('result', ['adapter_response', 'code']) }} as text
        ) as response_code,
        cast(
            coalesce(
                {{ json_field_text('result', ['adapter_response', 'query_id']) }},
                {{ json_field_text('result', ['adapter_response', 'job_id']) }}
            ) as text
        ) as query_id,
        cast(
            nullif(trim(
                both chr(10) || chr(13) || ' ' from regexp_replace(
                    {{ json_field_text('result', ['message']) }}, chr(27) || '\[[0-9;]*[A-Za-z]', '', 'g'
                )
            ), '') as text
        ) as message,
        cast({{ json_field_text('result', ['thread_id']) }} as text) as thread_id,
        cast({{ json_field_text('result', ['relation_name']) }} as text) as relation_name
    from joined

)

select * from final

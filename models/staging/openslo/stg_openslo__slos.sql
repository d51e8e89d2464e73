{{ config(materialized='table') }}

with source as (

    select * from {{ source('openslo', 'objects') }}
    where kind = 'SLO'

),

parsed as (

    select
        *,
        {{ json_parse('object', {
            'metadata': {'displayName': 'text'},
            'spec': {
                'description': 'text',
                'service': 'text',
                'indicatorRef': 'text',
                'timeWindow': [{
                    'duration': 'text',
                    'isRolling': 'text',
                    'calendar': {'startTime': 'text', 'timeZone': 'text'},
                }],
                'budgetingMethod': 'text',
                'objectives': 'json',
            },
        }) }} as doc
    from source

),

windowed as (

    select
        *,
        {{ json_first_element('doc', ['spec', 'timeWindow']) }} as time_window
    from parsed

),

final as (

    select
        cast(_source_name as text) as source_name,
        cast(_source_file as text) as source_file,
        cast(_load_id as text) as load_id,
        cast(object_number as bigint) as object_number,
        cast(object_name as text) as slo_name,
        cast({{ json_field_text('doc', ['metadata', 'displayName']) }} as text) as display_name,
        cast({{ json_field_text('doc', ['spec', 'description']) }} as text) as description,
        cast({{ json_field_text('doc', ['spec', 'service']) }} as text) as service_name,
        cast({{ json_field_text('doc', ['spec', 'indicatorRef']) }} as text) as indicator_ref,
        cast({{ json_field_text('time_window', ['duration']) }} as text) as window_duration,
        cast({{ json_field_text('time_window', ['calendar', 'startTime']) }} is null as boolean)
            as is_rolling,
        cast({{ parse_timestamp(json_field_text('time_window', ['calendar', 'startTime'])) }} as timestamp)
            as window_starts_at,
        cast({{ json_field_text('time_window', ['calendar', 'timeZone']) }} as text) as window_time_zone,
        cast({{ json_field_text('doc', ['spec', 'budgetingMethod']) }} as text) as budgeting_method,
        cast({{ json_field('doc', ['spec', 'objectives']) }} as json) as objectives,
        cast(_loaded_at as timestamp) as loaded_at
    from windowed

)

select * from final

with slos as (

    select * from {{ ref('stg_openslo__slos') }}

),

objectives as (

    select
        slos.source_name,
        slos.source_file,
        slos.load_id,
        slos.object_number,
        slos.slo_name,
        objective.element_index as objective_number,
        objective.element as doc
    from slos
    {{ json_array_elements('slos.objectives', 'objective', {
        'displayName': 'text',
        'op': 'text',
        'value': 'text',
        'target': 'text',
        'targetPercent': 'text',
        'timeSliceTarget': 'text',
        'timeSliceWindow': 'text',
    }) }}

),

measured as (

    select
        *,
        {{ json_field_text('doc', ['timeSliceWindow']) }} as slice_window
    from objectives

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(source_file as text) as source_file,
        cast(load_id as text) as load_id,
        cast(object_number as bigint) as object_number,
        cast(slo_name as text) as slo_name,
        cast(objective_number as bigint) as objective_number,
        cast({{ json_field_text('doc', ['displayName']) }} as text) as display_name,
        cast({{ json_field_text('doc', ['op']) }} as text) as operator,
        cast({{ to_number(json_field_text('doc', ['value'])) }} as double precision) as threshold_value,
        cast(
            coalesce(
                {{ to_number(json_field_text('doc', ['target'])) }},
                {{ to_number(json_field_text('doc', ['targetPercent'])) }} / 100
            ) as double precision
        ) as target,
        cast({{ to_number(json_field_text('doc', ['timeSliceTarget'])) }} as double precision) as time_slice_target,
        -- A number without a unit is of minutes.
        cast(
            coalesce({{ to_number('slice_window') }} * 60, {{ shorthand_seconds('slice_window') }}) as double precision
        ) as time_slice_seconds
    from measured

)

select * from final

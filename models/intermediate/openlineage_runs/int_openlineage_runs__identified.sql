{{ config(
    materialized='incremental',
    unique_key=['source_name', 'openlineage_run_id'],
    pre_hook=['{{ touch_every_family() }}', '{{ join_by_hash() }}'],
) }}

with

placed as (

    select
        *,
        {{ pipeline_run_key() }} as pipeline_run_key
    from {{ ref('int_openlineage_runs__placed') }}

),

previous as (

    {{ previous_rows(this if is_incremental() else none, {
        'source_name': 'text', 'openlineage_run_id': 'text', 'pipeline_run_key': 'uuid', 'former_pipeline_run_keys': 'text'
    }) }}

),

relevant as (

    select * from previous
    where {{ is_among(['openlineage_run_id'], 'placed') }}

),

final as (

    select
        cast(placed.source_name as text) as source_name,
        cast(placed.openlineage_run_id as text) as openlineage_run_id,
        cast(placed.pipeline_run_key as uuid) as pipeline_run_key,
        cast({{ former_keys('placed', 'pipeline_run_key', 'former_pipeline_run_keys') }} as text)
            as former_pipeline_run_keys,
        {%- for column in [
            'run_kind', 'attempt_openlineage_run_id', 'parent_openlineage_run_id', 'host_run_id', 'top_run_id',
            'platform', 'platform_instance', 'instance_namespace', 'pipeline_name', 'run_id', 'task_name', 'attempt_id',
            'owners', 'state'
        ] %}
            cast(placed.{{ column }} as text) as {{ column }},
        {%- endfor %}
        cast(placed.map_index as integer) as map_index,
        cast(placed.try_number as integer) as try_number,
        placed.is_query_of_task,
        placed.is_pipeline_run,
        placed.is_task_attempt,
        cast({{ next_increment() }} as bigint) as increment,
        cast({{ newest_load(ref('int_openlineage_runs__merged')) }} as timestamp) as loaded_at
    from placed
    left join relevant as previous
        on placed.source_name = previous.source_name and placed.openlineage_run_id = previous.openlineage_run_id

)

select * from final

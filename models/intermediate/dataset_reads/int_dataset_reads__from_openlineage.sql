with

datasets as (

    select * from {{ ref('int_openlineage_datasets__merged') }}

),

final as (

    select
        pipeline_run_key,
        platform,
        platform_instance,
        pipeline_name,
        run_id,
        task_name,
        attempt_id,
        dataset_namespace,
        dataset_name,
        cast('openlineage' as text) as feed,
        source_name,
        occurred_at,
        row_count,
        byte_count,
        file_count,
        operation,
        is_successful,
        openlineage_run_id,
        parent_openlineage_run_id
    from datasets
    where role = 'input'

)

select * from final

with

openlineage_runs as (

    select
        pipeline_run_key,
        former_pipeline_run_keys
    from {{ ref('int_openlineage_runs__identified') }}
    where increment > {{ built_by_all() }}

),

reported_runs as (

    select pipeline_run_key
    from {{ ref('int_pipeline_runs__reported') }}
    where increment > {{ built_by_all() }}

),

unioned as (

    select pipeline_run_key from openlineage_runs
    union
    select cast(unnest(string_to_array(former_pipeline_run_keys, ',')) as uuid) as pipeline_run_key
    from openlineage_runs
    where former_pipeline_run_keys is not null
    union
    select pipeline_run_key from reported_runs
    union
    -- What belongs to no run is always built again.
    select {{ unknown_key() }} as pipeline_run_key

),

final as (

    select cast(pipeline_run_key as uuid) as pipeline_run_key
    from unioned

)

select * from final

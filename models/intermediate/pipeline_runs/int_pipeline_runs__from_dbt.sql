with invocations as (

    select * from {{ ref('int_dbt_invocations__executed') }}

),

judgements as (

    select * from {{ ref('int_dbt_invocations__judged') }}

),

final as (

    select
        cast('dbt' as text) as platform,
        cast(invocations.source_name as text) as platform_instance,
        cast(invocations.project_name as text) as pipeline_name,
        cast(invocations.invocation_id as text) as run_id,
        cast('dbt' as text) as feed,
        cast(invocations.source_name as text) as source_name,
        cast(invocations.command as text) as run_type,
        cast(null as timestamp) as logical_at,
        cast(null as timestamp) as data_interval_start_at,
        cast(null as timestamp) as data_interval_end_at,
        cast(null as timestamp) as scheduled_at,
        cast(null as timestamp) as queued_at,
        cast(invocations.started_at as timestamp) as started_at,
        cast(invocations.ended_at as timestamp) as ended_at,
        cast(invocations.ended_at as timestamp) as last_seen_at,
        cast(judgements.state as text) as reported_state,
        cast(judgements.state as text) as state,
        cast(null as integer) as clear_number,
        cast(judgements.error_message as text) as error_message,
        cast(null as text) as parent_run_id_openlineage,
        cast('BATCH' as text) as processing_type
    from invocations
    inner join judgements
        on
            invocations.source_name = judgements.source_name
            and invocations.invocation_id = judgements.invocation_id

)

select * from final

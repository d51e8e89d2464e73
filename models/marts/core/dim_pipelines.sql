-- depends_on: {{ ref('dim_teams_current') }}
with

pipelines as (

    select * from {{ ref('int_pipelines__versioned') }}

),

teams as (

    select * from {{ ref('int_teams__resolved') }}

),

members as (

    select
        pipelines.pipeline_key,
        pipelines.valid_from,
        pipelines.valid_to,
        pipelines.is_current,
        pipelines.platform,
        pipelines.platform_instance,
        pipelines.pipeline_name,
        pipelines.source_name,
        pipelines.seen_by,
        coalesce(teams.team_key, {{ unknown_key() }}) as team_key,
        case when teams.team_name is not null then pipelines.owner end as owner,
        pipelines.reported_owner,
        pipelines.description,
        pipelines.tags,
        pipelines.schedule_kind,
        pipelines.schedule_expression,
        pipelines.is_paused,
        pipelines.is_active,
        pipelines.has_failure_callback,
        pipelines.has_deadline,
        pipelines.task_count,
        pipelines.task_count_without_failure_alerting,
        pipelines.tasks_without_failure_alerting,
        pipelines.file_location,
        pipelines.processing_type,
        pipelines.is_inferred,
        false as is_unknown
    from pipelines
    left join teams on pipelines.owner = teams.owner_name
    union all
    select
        {{ unknown_key() }} as pipeline_key,
        cast('1900-01-01' as timestamp) as valid_from,
        cast('9999-12-31' as timestamp) as valid_to,
        true as is_current,
        cast(null as text) as platform,
        cast(null as text) as platform_instance,
        'unknown' as pipeline_name,
        cast(null as text) as source_name,
        cast(null as text) as seen_by,
        {{ unknown_key() }} as team_key,
        cast(null as text) as owner,
        cast(null as text) as reported_owner,
        cast(null as text) as description,
        cast(null as text) as tags,
        cast(null as text) as schedule_kind,
        cast(null as text) as schedule_expression,
        cast(null as boolean) as is_paused,
        cast(null as boolean) as is_active,
        cast(null as boolean) as has_failure_callback,
        cast(null as boolean) as has_deadline,
        cast(null as integer) as task_count,
        cast(null as integer) as task_count_without_failure_alerting,
        cast(null as text) as tasks_without_failure_alerting,
        cast(null as text) as file_location,
        cast(null as text) as processing_type,
        false as is_inferred,
        true as is_unknown

),

final as (

    select
        {{ version_key('pipeline_key') }} as pipeline_version_key,
        cast(pipeline_key as uuid) as pipeline_key,
        cast(valid_from as timestamp) as valid_from,
        cast(valid_to as timestamp) as valid_to,
        cast(is_current as boolean) as is_current,
        cast(platform as text) as platform,
        cast(platform_instance as text) as platform_instance,
        cast(pipeline_name as text) as pipeline_name,
        cast(source_name as text) as source_name,
        cast(seen_by as text) as seen_by,
        cast(team_key as uuid) as team_key,
        cast(owner as text) as owner,
        cast(reported_owner as text) as reported_owner,
        cast(description as text) as description,
        cast(tags as text) as tags,
        cast(schedule_kind as text) as schedule_kind,
        cast(schedule_expression as text) as schedule_expression,
        cast(is_paused as boolean) as is_paused,
        cast(is_active as boolean) as is_active,
        cast(has_failure_callback as boolean) as has_failure_callback,
        cast(has_deadline as boolean) as has_deadline,
        cast(task_count as integer) as task_count,
        cast(task_count_without_failure_alerting as integer) as task_count_without_failure_alerting,
        cast(tasks_without_failure_alerting as text) as tasks_without_failure_alerting,
        cast(file_location as text) as file_location,
        cast(processing_type as text) as processing_type,
        cast(is_inferred as boolean) as is_inferred,
        cast(is_unknown as boolean) as is_unknown,
        cast(false as boolean) as is_retired
    from members

)

select * from final

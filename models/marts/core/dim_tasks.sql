-- depends_on: {{ ref('dim_pipelines') }}
with

tasks as (

    select * from {{ ref('int_tasks__versioned') }}

),

teams as (

    select * from {{ ref('int_teams__resolved') }}

),

members as (

    select
        tasks.task_key,
        tasks.pipeline_key,
        tasks.valid_from,
        tasks.valid_to,
        tasks.is_current,
        tasks.platform,
        tasks.source_name,
        tasks.pipeline_name,
        tasks.task_name,
        tasks.subject_name,
        tasks.task_type,
        case when teams.team_name is not null then tasks.owner end as owner,
        coalesce(teams.team_key, {{ unknown_key() }}) as team_key,
        tasks.retries,
        tasks.trigger_rule,
        tasks.has_failure_alerting,
        tasks.is_sensor,
        tasks.is_reschedule,
        tasks.is_mapped,
        tasks.is_inferred,
        false as is_unknown
    from tasks
    left join teams on tasks.owner = teams.owner_name
    union all
    select
        {{ unknown_key() }} as task_key,
        {{ unknown_key() }} as pipeline_key,
        cast('1900-01-01' as timestamp) as valid_from,
        cast('9999-12-31' as timestamp) as valid_to,
        true as is_current,
        cast(null as text) as platform,
        cast(null as text) as source_name,
        'unknown' as pipeline_name,
        'unknown' as task_name,
        'unknown' as subject_name,
        cast(null as text) as task_type,
        cast(null as text) as owner,
        {{ unknown_key() }} as team_key,
        cast(null as integer) as retries,
        cast(null as text) as trigger_rule,
        cast(null as boolean) as has_failure_alerting,
        cast(null as boolean) as is_sensor,
        cast(null as boolean) as is_reschedule,
        cast(null as boolean) as is_mapped,
        false as is_inferred,
        true as is_unknown

),

final as (

    select
        {{ version_key('task_key') }} as task_version_key,
        cast(task_key as uuid) as task_key,
        cast(pipeline_key as uuid) as pipeline_key,
        cast(valid_from as timestamp) as valid_from,
        cast(valid_to as timestamp) as valid_to,
        cast(is_current as boolean) as is_current,
        cast(platform as text) as platform,
        cast(source_name as text) as source_name,
        cast(pipeline_name as text) as pipeline_name,
        cast(task_name as text) as task_name,
        cast(subject_name as text) as subject_name,
        cast(task_type as text) as task_type,
        cast(owner as text) as owner,
        cast(team_key as uuid) as team_key,
        cast(retries as integer) as retries,
        cast(trigger_rule as text) as trigger_rule,
        cast(has_failure_alerting as boolean) as has_failure_alerting,
        cast(is_sensor as boolean) as is_sensor,
        cast(is_reschedule as boolean) as is_reschedule,
        cast(is_mapped as boolean) as is_mapped,
        cast(is_inferred as boolean) as is_inferred,
        cast(is_unknown as boolean) as is_unknown,
        cast(false as boolean) as is_retired
    from members

)

select * from final

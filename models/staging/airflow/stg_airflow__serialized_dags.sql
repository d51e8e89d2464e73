{{ config(materialized='table') }}

with source as (
    select * from {{ source('airflow', 'serialized_dag') }}
),

parsed as (
    select
        _source_name as source_name,
        dag_id,
        dag_version_id,
        last_updated as serialized_at,
        dag_hash,
        {{ json_parse('data', {
            '__version': 'text',
            'client_defaults': {'tasks': 'json'},
            'dag': {
                'description': 'text',
                '_description': 'text',
                'timezone': 'text',
                'catchup': 'text',
                'dagrun_timeout': 'json',
                'start_date': 'json',
                'has_on_failure_callback': 'text',
                'deadline': 'json',
                'default_args': {'__var': {'owner': 'text'}},
                'tags': 'json',
                'schedule_interval': 'json',
                'timetable': {'__type': 'text', '__var': {'expression': 'text', 'timezone': 'text', 'delta': 'json'}},
                'tasks': 'json',
            },
        }) }} as doc
    from source
),

typed as (
    select
        *,
        {{ json_field_text('doc', ['dag', 'timetable', '__type']) }} as timetable_type,
        {{ json_field_text('doc', ['dag', 'timetable', '__var', 'expression']) }} as cron_expression,
        coalesce(
            {{ airflow_duration_seconds(json_field('doc', ['dag', 'timetable', '__var', 'delta'])) }},
            {{ airflow_duration_seconds(json_field('doc', ['dag', 'schedule_interval'])) }}
        ) as interval_seconds,
        {{ json_scalar_text(json_field('doc', ['dag', 'schedule_interval'])) }} as interval_text,
        {{ json_field_text('doc', ['dag', 'catchup']) }} as catchup_text,
        {{ json_scalar_text(json_field('doc', ['dag', 'deadline'])) }} as deadline_text,
        {{ airflow_duration_seconds(json_field('doc', ['dag', 'start_date'])) }} as start_epoch
    from parsed
),

judged as (
    select
        *,
        case
            when timetable_type like '%.NullTimetable' then 'none'
            when timetable_type like '%DatasetTriggeredTimetable' or timetable_type like '%AssetTriggeredTimetable'
                then 'dataset'
            when timetable_type like '%Cron%' and cron_expression is not null then 'cron'
            when interval_seconds is not null then 'interval'
            when timetable_type is null and interval_text is null then 'none'
            when interval_text in (
                    '@hourly', '@daily', '@midnight', '@weekly', '@monthly', '@quarterly', '@yearly', '@annually'
                ) then 'cron'
            when interval_text ~ '^[0-9*][^ ]*( +[^ ]+){4,5}$' then 'cron'
            else 'custom'
        end as schedule_kind
    from typed
),

final as (
    select
        cast(source_name as text) as source_name,
        cast(dag_id as text) as dag_id,
        cast(dag_version_id as text) as dag_version_id,
        cast(serialized_at as timestamp) as serialized_at,
        cast(dag_hash as text) as dag_hash,
        cast(coalesce({{ json_field_text('doc', ['dag', 'has_on_failure_callback']) }} = 'true', false) as boolean)
            as has_on_failure_callback,
        cast(coalesce(deadline_text not in ('', '[]'), false) as boolean) as has_deadline,
        cast(coalesce(
            {{ json_field_text('doc', ['dag', 'description']) }},
            {{ json_field_text('doc', ['dag', '_description']) }}
        ) as text) as description,
        cast(schedule_kind as text) as schedule_kind,
        cast(
            case schedule_kind
                when 'cron' then coalesce(cron_expression, interval_text)
                when 'interval' then 'PT' || cast(cast(interval_seconds as bigint) as text) || 'S'
                when 'custom' then coalesce(timetable_type, interval_text)
            end as text
        ) as schedule_expression,
        cast(coalesce(
            {{ json_field_text('doc', ['dag', 'timetable', '__var', 'timezone']) }},
            {{ json_field_text('doc', ['dag', 'timezone']) }},
            'UTC'
        ) as text) as timezone,
        cast(cast('1970-01-01' as timestamp) + start_epoch * interval '1 second' as timestamp) as start_at,
        cast(
            case
                when catchup_text is not null then catchup_text = 'true'
                else coalesce({{ json_field_text('doc', ['__version']) }}, '1') = '1'
            end as boolean
        ) as catchup,
        cast({{ airflow_duration_seconds(json_field('doc', ['dag', 'dagrun_timeout'])) }} as double precision)
            as dagrun_timeout_seconds,
        cast(coalesce({{ json_field_text('doc', ['dag', 'default_args', '__var', 'owner']) }}, 'airflow') as text)
            as default_owner,
        cast({{ airflow_list_text(json_field('doc', ['dag', 'tags'])) }} as text) as tags,
        {{ json_field('doc', ['client_defaults', 'tasks']) }} as task_defaults,
        {{ json_field('doc', ['dag', 'tasks']) }} as tasks
    from judged
)

select * from final

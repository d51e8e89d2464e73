with source as (
    select * from {{ source('airflow', 'dag') }}
),

parsed as (
    select
        *,
        {{ json_parse(
            "cast(case when left(schedule_interval, 1) = '{' then schedule_interval end as json)",
            {'type': 'text', 'attrs': {'days': 'text', 'seconds': 'text', 'microseconds': 'text'}}
        ) }} as interval_2,
        case
            when schedule_interval is null or schedule_interval = 'null' then null
            when left(schedule_interval, 1) <> '{' then trim(both '"' from schedule_interval)
        end as summary_2,
        nullif(timetable_summary, 'None') as summary_3
    from source
),

summarised as (
    select
        *,
        coalesce(summary_3, summary_2) as schedule_summary,
        case when summary_3 like '% day%, %' then split_part(summary_3, ', ', 2) else summary_3 end as clock_3,
        case when summary_3 like '% day%, %' then split_part(summary_3, ' ', 1) else '0' end as days_3
    from parsed
),

timed as (
    select
        *,
        case
            when {{ json_field_text('interval_2', ['type']) }} = 'timedelta'
                then
                    {{ to_number(json_field_text('interval_2', ['attrs', 'days'])) }} * 86400
                    + {{ to_number(json_field_text('interval_2', ['attrs', 'seconds'])) }}
            when clock_3 like '%:__:__%'
                then
                    {{ to_number('days_3') }} * 86400
                    + {{ to_number("split_part(clock_3, ':', 1)") }} * 3600
                    + {{ to_number("split_part(clock_3, ':', 2)") }} * 60
                    + {{ to_number("split_part(clock_3, ':', 3)") }}
        end as interval_seconds
    from summarised
),

judged as (
    select
        *,
        case
            when interval_seconds is not null then 'interval'
            when left(schedule_interval, 1) = '{' then 'custom'
            when schedule_summary is null then 'none'
            when schedule_summary in ('Dataset', 'Asset') then 'dataset'
            when schedule_summary in (
                    '@hourly', '@daily', '@midnight', '@weekly', '@monthly', '@quarterly', '@yearly', '@annually'
                ) then 'cron'
            when schedule_summary ~ '^[0-9*][^ ]*( +[^ ]+){4,5}$' then 'cron'
            else 'custom'
        end as schedule_kind
    from timed
),

final as (
    select
        cast(_source_name as text) as source_name,
        cast(dag_id as text) as dag_id,
        cast(is_paused as boolean) as is_paused,
        cast(
            coalesce(_is_current, true) and coalesce(is_active, true) and not coalesce(is_stale, false) as boolean
        ) as is_active,
        cast(owners as text) as owners,
        cast(description as text) as description,
        cast(schedule_kind as text) as schedule_kind,
        cast(
            case
                when schedule_kind = 'interval' then 'PT' || cast(cast(interval_seconds as bigint) as text) || 'S'
                when schedule_kind = 'custom' then coalesce(schedule_summary, schedule_interval)
                when schedule_kind = 'cron' then schedule_summary
            end as text
        ) as schedule_expression,
        cast(nullif(timetable_description, '') as text) as timetable_description,
        cast(coalesce(relative_fileloc, fileloc) as text) as file_location,
        cast(coalesce(has_import_errors, false) as boolean) as has_import_errors,
        cast(last_parsed_time as timestamp) as last_parsed_at,
        cast(next_dagrun as timestamp) as next_run_at,
        cast(next_dagrun_create_after as timestamp) as next_run_create_after_at,
        cast(bundle_name as text) as bundle_name,
        cast(coalesce(cast(deadline as text), 'null') not in ('null', '[]') as boolean) as has_deadline,
        cast(_loaded_at as timestamp) as loaded_at
    from judged
)

select * from final

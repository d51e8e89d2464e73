with

dates as (
    select * from {{ ref('dim_dates') }}
    where not is_unknown
),

datasets as (
    select * from {{ ref('dim_datasets_current') }}
    where not is_unknown
),

check_results as (
    select
        results.dataset_key,
        dates.week_starts_on
    from {{ ref('fct_check_results') }} as results
    inner join dates on results.executed_on = dates.date_on
    where results.outcome in ('pass', 'warn', 'fail')
    group by 1, 2
),

heard_of as (
    select count(*) as result_count
    from check_results
),

writes as (
    select
        writes.dataset_key,
        dates.week_starts_on
    from {{ ref('fct_dataset_writes') }} as writes
    inner join dates on writes.written_on = dates.date_on
    where coalesce(writes.is_successful, true)
    group by 1, 2
),

budgets as (
    select
        days.team_key,
        days.remaining_share,
        dates.week_starts_on,
        row_number() over (
            partition by days.service_level_key, dates.week_starts_on
            order by days.measured_on desc
        ) as recency
    from {{ ref('fct_service_level_days') }} as days
    inner join dates on days.measured_on = dates.date_on
),

counted as (
    select
        deliveries.team_key,
        dates.week_starts_on,
        'deliveries' as measure,
        case deliveries.state when 'kept' then true when 'cannot_tell' then null else false end as is_good
    from {{ ref('fct_deliveries') }} as deliveries
    inner join dates on deliveries.expected_on = dates.date_on
    where deliveries.state in ('kept', 'late', 'missed', 'cannot_tell')
    union all
    select
        team_key,
        week_starts_on,
        'budgets' as measure,
        remaining_share > 0 as is_good
    from budgets
    where recency = 1
    union all
    select
        incidents.team_key,
        dates.week_starts_on,
        'incidents' as measure,
        case incidents.first_signal when 'monitor' then true when 'human' then false end as is_good
    from {{ ref('fct_incidents') }} as incidents
    inner join dates on incidents.detected_on = dates.date_on
    where incidents.merged_into_incident_key = {{ unknown_key() }}
    union all
    -- Where no check has ever given a result, what tells of checks is missing.
    select
        datasets.team_key,
        writes.week_starts_on,
        'datasets' as measure,
        case when heard_of.result_count > 0 then check_results.dataset_key is not null end as is_good
    from writes
    cross join heard_of
    inner join datasets on writes.dataset_key = datasets.dataset_key
    left join check_results
        on writes.dataset_key = check_results.dataset_key and writes.week_starts_on = check_results.week_starts_on
),

final as (
    select
        cast(team_key as uuid) as team_key,
        cast(week_starts_on as date) as week_starts_on,
        cast(measure as text) as measure,
        cast(count(*) filter (where is_good) as bigint) as good_count,
        cast(count(*) filter (where is_good is not null) as bigint) as judged_count,
        cast(count(*) filter (where is_good is null) as bigint) as cannot_tell_count
    from counted
    group by 1, 2, 3
)

select * from final

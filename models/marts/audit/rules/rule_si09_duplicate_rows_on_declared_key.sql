with

thresholds as (

    {{ subject_thresholds('SI09', ['window_days', 'least_percent', 'most_percent', 'flat_percent']) }}

),

checks as (

    select
        dataset_key,
        count(*) as check_count,
        count(failing_since) as failing_count,
        count(*) filter (where last_outcome = 'pass') as passing_count,
        max(last_passed_at) as last_passed_at,
        min(failing_since) as failing_since,
        (array_agg(check_name order by check_name) filter (where failing_since is not null))[1:10] as failing_checks
    from {{ ref('fct_uniqueness_checks') }}
    group by 1

),

-- A check of uniqueness that passed on the load says that nothing is in it twice.
doubled as (

    select
        loads.dataset_key,
        count(*) filter (where loads.has_flat_inputs) as doubled_count,
        count(*) filter (where loads.has_flat_inputs is null) as unknown_count,
        min(loads.written_at) filter (where loads.has_flat_inputs) as started_at,
        string_agg(cast(loads.loaded_for_at as text), ', ' order by loads.loaded_for_at) filter (
            where loads.has_flat_inputs
        ) as doubled_loads
    from {{ ref('fct_doubled_loads') }} as loads
    left join checks on loads.dataset_key = checks.dataset_key
    where coalesce(checks.last_passed_at < loads.written_at, true)
    group by 1

),

recent_loads as (

    select
        dataset_key,
        count(*) as judged_count
    from {{ ref('fct_load_volumes') }}
    where is_recent and is_standing and is_judged
    group by 1

),

judged as (

    select
        datasets.*,
        {{ threshold_columns(['window_days', 'least_percent', 'most_percent', 'flat_percent']) }},
        checks.check_count,
        checks.failing_count,
        checks.passing_count,
        checks.failing_checks,
        doubled.doubled_count,
        doubled.unknown_count,
        doubled.doubled_loads,
        recent_loads.judged_count,
        least(checks.failing_since, doubled.started_at) as started_at,
        case
            when checks.failing_count > 0 or doubled.doubled_count > 0 then 'finding'
            when doubled.unknown_count > 0 then 'cannot_tell'
            when checks.passing_count = checks.check_count or recent_loads.judged_count > 0 then 'clear'
            else 'cannot_tell'
        end as verdict
    from {{ ref('fct_dataset_activity') }} as datasets
    {{ join_thresholds('datasets.dataset_key') }}
    left join checks on datasets.dataset_key = checks.dataset_key
    left join doubled on datasets.dataset_key = doubled.dataset_key
    left join recent_loads on datasets.dataset_key = recent_loads.dataset_key

),

final as (

    select
        {{ audit_subject('SI09', 'dataset', 'judged') }},
        cast(verdict as text) as verdict,
        cast(
            case
                when failing_count > 0
                    then 'Failing checks of unique keys: ' || array_to_string(failing_checks, ', ') || '.'
                when doubled_count > 0
                    then doubled_count || ' loads brought about twice the usual rows from inputs that had not grown.'
                when unknown_count > 0
                    then unknown_count || ' loads brought about twice the usual rows; had the inputs grown?'
                when passing_count = check_count
                    then 'All ' || check_count || ' checks of unique keys passed when run last.'
                when judged_count > 0
                    then 'No check says otherwise, and no load of ' || judged_count
                        || ' brought twice the usual rows from inputs that had not grown.'
                else 'No check that keys are unique was run lately, and no load can be compared with what is usual.'
            end as text
        ) as reason,
        {{ json_object({
            'uniqueness_checks': 'check_count',
            'failing_checks': 'failing_checks',
            'judged_loads': 'judged_count',
            'doubled_loads': 'doubled_count',
            'loaded_for': 'doubled_loads',
            'least_percent': json_number('least_percent'),
            'most_percent': json_number('most_percent'),
            'flat_percent': json_number('flat_percent'),
            'window_days': json_number('window_days'),
        }) }} as evidence,
        cast(case when verdict = 'finding' then started_at end as timestamp) as onset_at,
        cast(as_of_at as timestamp) as as_of_at
    from judged

)

select * from final

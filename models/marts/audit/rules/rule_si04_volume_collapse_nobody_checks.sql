with
thresholds as (
    {{ subject_thresholds('SI04', ['window_days', 'check_hours', 'left_percent']) }}
),

datasets as (
    select * from {{ ref('fct_dataset_activity') }}
),

loads as (
    select * from {{ ref('fct_load_volumes') }}
    where is_recent and is_standing
),

collapses as (
    select * from {{ ref('fct_load_collapses') }}
),

collapse_tallies as (
    select
        dataset_key,
        count(*) as collapse_count,
        count(*) filter (where not is_caught) as uncaught_count,
        min(written_at) filter (where not is_caught) as started_at,
        (array_agg(cast(loaded_for_at as text) order by loaded_for_at desc, dataset_load_key asc) filter (
            where not is_caught
        ))[1:10] as loads
    from collapses
    group by 1
),

worst_collapses as (
    select
        *,
        row_number() over (
            partition by dataset_key order by row_count / usual_rows asc, loaded_for_at desc, dataset_load_key asc
        ) as badness
    from collapses
    where not is_caught
),

recent_loads as (
    select
        dataset_key,
        count(*) as load_count,
        count(*) filter (where is_judged) as judged_count,
        count(distinct task_key) as task_count,
        count(distinct task_key) filter (where is_judged) as judged_task_count
    from loads
    group by 1
),

final as (
    select
        {{ audit_subject('SI04', 'dataset', 'datasets') }},
        cast(
            case
                when tallies.uncaught_count > 0 then 'finding'
                when recent_loads.judged_task_count = recent_loads.task_count then 'clear'
                else 'cannot_tell'
            end as text
        ) as verdict,
        cast(
            case
                when tallies.uncaught_count > 0
                    then tallies.uncaught_count || ' loads brought far fewer rows than usual, down to '
                        || worst.row_count || ' where ' || cast(floor(worst.usual_rows + 0.5) as bigint)
                        || ' are usual, and no check on it failed.'
                when recent_loads.dataset_key is null then 'It was not loaded lately.'
                when recent_loads.judged_task_count < recent_loads.task_count
                    then 'Of ' || recent_loads.load_count || ' loads '
                        || (recent_loads.load_count - recent_loads.judged_count)
                        || ' were not counted, or have too few like them to say what is usual.'
                when tallies.collapse_count > 0
                    then 'A check failed within ' || cast({{ threshold('check_hours') }} as integer)
                        || ' hours of each of ' || tallies.collapse_count || ' loads with far fewer rows than usual.'
                else 'None of ' || recent_loads.judged_count || ' loads brought far fewer rows than usual.'
            end as text
        ) as reason,
        {{ json_object({
            'loads': 'recent_loads.load_count',
            'judged_loads': 'recent_loads.judged_count',
            'collapsed_loads': 'tallies.collapse_count',
            'collapsed_loads_without_a_failed_check': 'tallies.uncaught_count',
            'loaded_for': 'tallies.loads',
            'fewest_rows': 'worst.row_count',
            'usual_rows': json_number('worst.usual_rows'),
            'left_percent': json_number(threshold('left_percent')),
            'check_hours': json_number(threshold('check_hours')),
            'window_days': json_number(threshold('window_days')),
        }) }} as evidence,
        cast(tallies.started_at as timestamp) as onset_at,
        cast(datasets.as_of_at as timestamp) as as_of_at
    from datasets
    {{ join_thresholds('datasets.dataset_key') }}
    left join recent_loads on datasets.dataset_key = recent_loads.dataset_key
    left join collapse_tallies as tallies on datasets.dataset_key = tallies.dataset_key
    left join worst_collapses as worst
        on
            datasets.dataset_key = worst.dataset_key
            and worst.badness = 1
)

select * from final

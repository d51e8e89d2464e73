with

thresholds as (
    {{ subject_thresholds('SI01', [
        'window_days', 'minimum_baseline_writes', 'made_up_percent', 'usual_empty_percent'
    ]) }}
),

datasets as (
    select * from {{ ref('fct_dataset_activity') }}
),

recent_writes as (
    select
        datasets.dataset_key,
        count(*) as write_count,
        count(*) filter (where writes.row_count >= 0) as counted_count,
        count(distinct writes.task_key) as task_count,
        count(distinct writes.task_key) filter (where writes.row_count >= 0) as counted_task_count
    from datasets
    inner join {{ ref('fct_dataset_writes') }} as writes on datasets.dataset_key = writes.dataset_key
    {{ join_thresholds('datasets.dataset_key') }}
    where
        writes.is_successful
        and {{ seconds_between('writes.written_at', 'datasets.as_of_at') }}
        between 0 and {{ threshold('window_days') }} * 86400
    group by 1
),

judged_streaks as (
    select
        streaks.*,
        case
            when streaks.is_made_good then 'clear'
            when streaks.baseline_count < {{ threshold('minimum_baseline_writes') }} then 'cannot_tell'
            when streaks.baseline_median = 0 then 'clear'
            when streaks.rows_after * 100 >= {{ threshold('made_up_percent') }} * streaks.baseline_median then 'clear'
            when streaks.others_empty_percent >= {{ threshold('usual_empty_percent') }} then 'cannot_tell'
            else 'finding'
        end as verdict,
        case
            when streaks.baseline_count < {{ threshold('minimum_baseline_writes') }}
                then 'only ' || streaks.baseline_count || ' earlier writes say what is usual'
            when streaks.others_empty_percent >= {{ threshold('usual_empty_percent') }}
                then cast(floor(streaks.others_empty_percent) as integer)
                    || ' % of the writes around them were empty too, which may be usual'
            else cast(floor(streaks.baseline_median + 0.5) as bigint) || ' rows were usual'
        end as circumstance
    from datasets
    {{ join_thresholds('datasets.dataset_key') }}
    inner join {{ ref('fct_empty_writes') }} as streaks on datasets.dataset_key = streaks.dataset_key
    where
        {{ seconds_between('streaks.last_written_at', 'datasets.as_of_at') }}
        between 0 and {{ threshold('window_days') }} * 86400
),

worst_streaks as (
    select
        *,
        row_number() over (
            partition by dataset_key
            order by case verdict when 'finding' then 1 else 2 end asc, last_written_at desc, empty_writes_key asc
        ) as badness
    from judged_streaks
    where verdict in ('finding', 'cannot_tell')
),

final as (
    select
        {{ audit_subject('SI01', 'dataset', 'datasets') }},
        cast(
            case
                when streaks.verdict is not null then streaks.verdict
                when recent_writes.counted_task_count = recent_writes.task_count then 'clear'
                else 'cannot_tell'
            end as text
        ) as verdict,
        cast(
            case
                when streaks.verdict is not null
                    then streaks.task_subject_name || ' succeeded with 0 rows, ' || streaks.write_count
                        || ' times in a row: ' || streaks.circumstance || '.'
                when recent_writes.dataset_key is null then 'It was not written lately.'
                when recent_writes.counted_task_count = recent_writes.task_count
                    then 'None of ' || recent_writes.counted_count || ' counted writes was empty against what is usual.'
                else 'The rows of ' || (recent_writes.write_count - recent_writes.counted_count) || ' of '
                    || recent_writes.write_count || ' writes were not counted.'
            end as text
        ) as reason,
        {{ json_object({
            'writes': 'recent_writes.write_count',
            'counted_writes': 'recent_writes.counted_count',
            'task': 'streaks.task_subject_name',
            'empty_writes_in_a_row': 'streaks.write_count',
            'empty_since': "cast(date_trunc('second', streaks.started_at) as text)",
            'baseline_writes': 'streaks.baseline_count',
            'baseline_median_rows': json_number('streaks.baseline_median'),
            'minimum_baseline_writes': json_number(threshold('minimum_baseline_writes')),
            'window_days': json_number(threshold('window_days')),
        }) }} as evidence,
        cast(case when streaks.verdict = 'finding' then streaks.started_at end as timestamp) as onset_at,
        cast(datasets.as_of_at as timestamp) as as_of_at
    from datasets
    {{ join_thresholds('datasets.dataset_key') }}
    left join recent_writes on datasets.dataset_key = recent_writes.dataset_key
    left join worst_streaks as streaks
        on
            datasets.dataset_key = streaks.dataset_key
            and streaks.badness = 1
)

select * from final

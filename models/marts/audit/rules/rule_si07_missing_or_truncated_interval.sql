with

thresholds as (
    {{ subject_thresholds('SI07', ['window_days', 'made_up_percent']) }}
),

datasets as (
    select * from {{ ref('fct_dataset_activity') }}
),

gaps as (

    select
        *,
        cast(floor(usual_rows + 0.5) as bigint) as usual_count,
        gap_kind || ' ' || cast(interval_at as text) as gap_name,
        row_number() over (
            partition by dataset_key
            order by
                case when is_made_up then 3 when is_made_up is null then 2 else 1 end asc,
                interval_at desc,
                interval_gap_key asc
        ) as badness
    from {{ ref('fct_interval_gaps') }}

),

gap_tallies as (

    select
        dataset_key,
        count(*) filter (where gap_kind = 'missing' and not is_made_up) as missing_count,
        count(*) filter (where gap_kind = 'truncated') as truncated_count,
        count(*) filter (where is_made_up is null) as unknown_count,
        count(*) filter (where not is_made_up) as gap_count,
        min(interval_at) filter (where not is_made_up) as started_at,
        (array_agg(gap_name order by interval_at desc, interval_gap_key asc) filter (
            where not is_made_up
        ))[1:10] as gaps
    from gaps
    group by 1

),

recent_loads as (

    select
        dataset_key,
        count(*) as load_count,
        count(*) filter (where is_judged) as judged_count,
        count(distinct task_key) as task_count,
        count(distinct task_key) filter (where is_judged) as judged_task_count,
        bool_and(is_replacement) as is_replaced_each_time
    from {{ ref('fct_load_volumes') }}
    where is_recent
    group by 1

),

final as (

    select
        {{ audit_subject('SI07', 'dataset', 'datasets') }},
        cast(
            case
                when tallies.gap_count > 0 then 'finding'
                when recent_loads.is_replaced_each_time then 'clear'
                when tallies.unknown_count > 0 then 'cannot_tell'
                when recent_loads.judged_task_count = recent_loads.task_count then 'clear'
                else 'cannot_tell'
            end as text
        ) as verdict,
        cast(
            case
                when tallies.gap_count > 0
                    then coalesce(
                            nullif(tallies.missing_count, 0) || ' intervals were not loaded though later ones were', ''
                        )
                        || case when tallies.missing_count > 0 and tallies.truncated_count > 0 then ', and ' else '' end
                        || coalesce(nullif(tallies.truncated_count, 0) || ' intervals have far too few rows', '')
                        || ', such as '
                        || cast(date_trunc('second', worst.interval_at) as text)
                        || coalesce(' with ' || worst.row_count || ' of usually ' || worst.usual_count || ' rows', '')
                        || '.'
                when recent_loads.dataset_key is null then 'It was not loaded lately.'
                when recent_loads.is_replaced_each_time
                    then 'Each load replaces all of it, so that no interval can be missing.'
                when tallies.unknown_count > 0
                    then tallies.unknown_count || ' intervals had no load; nobody says if the next made up for it.'
                when recent_loads.judged_task_count < recent_loads.task_count
                    then 'Of ' || recent_loads.load_count || ' loads '
                        || (recent_loads.load_count - recent_loads.judged_count)
                        || ' were not counted, or have too few like them to say what is usual.'
                else 'No interval is missing, and none of ' || recent_loads.judged_count
                    || ' loads has far fewer rows than those beside it.'
            end as text
        ) as reason,
        {{ json_object({
            'loads': 'recent_loads.load_count',
            'judged_loads': 'recent_loads.judged_count',
            'missing_intervals': 'tallies.missing_count',
            'truncated_intervals': 'tallies.truncated_count',
            'intervals': 'tallies.gaps',
            'rows': 'worst.row_count',
            'usual_rows': json_number('worst.usual_rows'),
            'rows_of_the_next_interval': 'worst.rows_after',
            'made_up_percent': json_number(threshold('made_up_percent')),
            'window_days': json_number(threshold('window_days')),
        }) }} as evidence,
        cast(tallies.started_at as timestamp) as onset_at,
        cast(datasets.as_of_at as timestamp) as as_of_at
    from datasets
    {{ join_thresholds('datasets.dataset_key') }}
    left join recent_loads on datasets.dataset_key = recent_loads.dataset_key
    left join gap_tallies as tallies on datasets.dataset_key = tallies.dataset_key
    left join gaps as worst on datasets.dataset_key = worst.dataset_key and worst.badness = 1

)

select * from final

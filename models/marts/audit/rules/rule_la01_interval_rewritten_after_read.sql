with

thresholds as (

    {{ subject_thresholds('LA01', ['window_days', 'late_percent', 'minimum_intervals']) }}

),

datasets as (

    select * from {{ ref('fct_dataset_activity') }}

),

loads as (

    select
        loads.dataset_key,
        count(*) as load_count,
        count(*) filter (where loads.has_interval) as interval_count,
        bool_and(loads.is_replacement) as is_replaced_each_time
    from {{ ref('fct_dataset_loads') }} as loads
    inner join datasets on loads.dataset_key = datasets.dataset_key
    {{ join_thresholds('datasets.dataset_key') }}
    where {{ seconds_between('loads.written_at', 'datasets.as_of_at') }} <= {{ threshold('window_days') }} * 86400
    group by 1

),

read_datasets as (

    select distinct dataset_key from {{ ref('fct_dataset_reads') }}

),

rewrites as (

    select
        dataset_key,
        count(*) as rewritten_count,
        count(*) filter (where reader_count > 0) as late_count,
        min(rewritten_at) filter (where reader_count > 0) as started_at,
        (array_agg(logical_at order by logical_at desc, interval_rewrite_key asc) filter (
            where reader_count > 0
        ))[1:10] as late_intervals
    from {{ ref('fct_interval_rewrites') }}
    group by 1

),

judged as (

    select
        datasets.*,
        {{ threshold_columns(['window_days', 'late_percent', 'minimum_intervals']) }},
        loads.interval_count,
        coalesce(rewrites.rewritten_count, 0) as rewritten_count,
        coalesce(rewrites.late_count, 0) as late_count,
        rewrites.started_at,
        rewrites.late_intervals,
        floor(100.0 * rewrites.late_count / nullif(loads.interval_count, 0)) as share_percent,
        case
            when loads.dataset_key is null then 'silent'
            when
                rewrites.late_count >= {{ threshold('minimum_intervals') }}
                and rewrites.late_count * 100 > {{ threshold('late_percent') }} * loads.interval_count
                then 'late'
            when loads.is_replaced_each_time then 'replaced'
            when loads.interval_count < loads.load_count then 'without_intervals'
            when rewrites.rewritten_count > 0 and read_datasets.dataset_key is null then 'unread'
            else 'kept'
        end as state
    from datasets
    {{ join_thresholds('datasets.dataset_key') }}
    left join loads on datasets.dataset_key = loads.dataset_key
    left join rewrites on datasets.dataset_key = rewrites.dataset_key
    left join read_datasets on datasets.dataset_key = read_datasets.dataset_key

),

final as (

    select
        {{ audit_subject('LA01', 'dataset', 'judged') }},
        cast(
            case
                when state = 'late' then 'finding'
                when state in ('replaced', 'kept') then 'clear'
                else 'cannot_tell'
            end as text
        ) as verdict,
        cast(
            case state
                when 'silent' then 'It was not written lately.'
                when 'late'
                    then late_count || ' of ' || interval_count || ' intervals were written again after a read.'
                when 'replaced' then 'Each write replaces all of it, so that no interval is rewritten.'
                when 'without_intervals' then 'Its writes do not tell of which interval they are.'
                when 'unread' then rewritten_count || ' intervals were written again; nothing tells who reads them.'
                else rewritten_count || ' of ' || interval_count || ' intervals were written again, ' || late_count
                    || ' of them after a read.'
            end as text
        ) as reason,
        {{ json_object({
            'intervals': 'interval_count',
            'rewritten_intervals': 'rewritten_count',
            'rewritten_after_a_read': 'late_count',
            'percent': json_number('share_percent'),
            'logical_dates': 'late_intervals',
            'late_percent': json_number('late_percent'),
            'window_days': json_number('window_days'),
        }) }} as evidence,
        cast(case when state = 'late' then started_at end as timestamp) as onset_at,
        cast(as_of_at as timestamp) as as_of_at
    from judged

)

select * from final

with

thresholds as (
    {{ subject_thresholds('SI05', ['window_days', 'minimum_reads', 'usual_percent', 'minimum_stale_runs']) }}
),

reads as (
    select
        *,
        count(*) filter (where state = 'fresh') over in_order as fresh_count,
        count(*) filter (where state in ('fresh', 'stale')) over in_order as known_count
    from {{ ref('fct_input_reads') }}
    window in_order as (partition by dataset_key, task_key order by read_at, input_read_key)
),

-- Stale reads in a row are held against what was usual before the first of them.
streaks as (
    select
        *,
        max(known_count) filter (where state = 'fresh') over (
            partition by dataset_key, task_key, fresh_count
        ) as usual_reads
    from reads
),

judged_reads as (
    select
        streaks.*,
        datasets.subject_name as dataset_name,
        case
            when streaks.state <> 'stale' then streaks.state
            when coalesce(streaks.usual_reads, 0) < {{ threshold('minimum_reads') }} then 'unknown'
            when streaks.fresh_count * 100 >= {{ threshold('usual_percent') }} * streaks.usual_reads then 'stale'
            else 'unknown'
        end as judged_state
    from streaks
    inner join {{ ref('fct_pipeline_activity') }} as pipelines on streaks.pipeline_key = pipelines.pipeline_key
    inner join {{ ref('dim_datasets_current') }} as datasets on streaks.dataset_key = datasets.dataset_key
    {{ join_thresholds('streaks.pipeline_key') }}
    where {{ seconds_between('streaks.read_at', 'pipelines.as_of_at') }} <= {{ threshold('window_days') }} * 86400
),

tallies as (
    select
        pipeline_key,
        count(distinct dataset_key) as input_count,
        count(distinct dataset_key) filter (where judged_state = 'unknown') as unknown_count,
        count(distinct run_id) as run_count,
        count(distinct run_id) filter (where judged_state = 'stale') as stale_count,
        string_agg(distinct dataset_name, ', ' order by dataset_name) filter (where judged_state = 'stale')
            as stale_inputs,
        min(read_at) filter (where judged_state = 'stale') as first_stale_at
    from judged_reads
    group by 1
),

judged as (
    select
        pipelines.*,
        {{ threshold_columns(['window_days', 'minimum_reads', 'usual_percent', 'minimum_stale_runs']) }},
        tallies.input_count,
        tallies.unknown_count,
        tallies.run_count,
        tallies.stale_count,
        tallies.stale_inputs,
        tallies.first_stale_at,
        case
            when pipelines.is_gone then 'gone'
            when tallies.stale_count >= {{ threshold('minimum_stale_runs') }} then 'stale'
            when tallies.pipeline_key is null then 'without inputs'
            when tallies.unknown_count > 0 then 'unknown'
            when tallies.stale_count > 0 then 'seldom'
            else 'fresh'
        end as state
    from {{ ref('fct_pipeline_activity') }} as pipelines
    {{ join_thresholds('pipelines.pipeline_key') }}
    left join tallies on pipelines.pipeline_key = tallies.pipeline_key
),

final as (
    select
        {{ audit_subject('SI05', 'pipeline', 'judged') }},
        cast(
            case
                when state = 'stale' then 'finding'
                when state in ('gone', 'fresh', 'seldom') then 'clear'
                else 'cannot_tell'
            end as text
        ) as verdict,
        cast(
            case state
                when 'gone' then 'Not active: its definition is gone.'
                when 'stale'
                    then stale_count || ' of ' || run_count || ' runs read what was due before, and not there yet: '
                        || stale_inputs || '.'
                when 'without inputs' then 'Nothing tells what it read lately.'
                when 'unknown'
                    then 'Of ' || unknown_count || ' of its ' || input_count
                        || ' inputs nobody can tell whether they were there when they were read.'
                when 'fresh' then 'Each of its ' || input_count || ' inputs was there when it was read.'
                else stale_count || ' of ' || run_count || ' runs read an input before it was there.'
            end as text
        ) as reason,
        {{ json_object({
            'runs': 'run_count',
            'runs_on_stale_inputs': 'stale_count',
            'inputs': 'input_count',
            'inputs_of_which_it_cannot_be_told': 'unknown_count',
            'stale_inputs': 'stale_inputs',
            'minimum_reads': json_number('minimum_reads'),
            'usual_percent': json_number('usual_percent'),
            'minimum_stale_runs': json_number('minimum_stale_runs'),
            'window_days': json_number('window_days'),
        }) }} as evidence,
        cast(case when state = 'stale' then first_stale_at end as timestamp) as onset_at,
        cast(as_of_at as timestamp) as as_of_at
    from judged
)

select * from final

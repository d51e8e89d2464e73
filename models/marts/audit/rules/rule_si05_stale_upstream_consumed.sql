with

thresholds as (

    {{ audit_thresholds('SI05', ['window_days', 'minimum_reads', 'changed_percent', 'minimum_stale_runs']) }}

),

pipelines as (

    select * from {{ ref('fct_pipeline_activity') }}

),

tallies as (

    select * from {{ ref('fct_pipeline_inputs') }}

),

judged as (

    select
        pipelines.*,
        thresholds.*,
        tallies.input_count,
        tallies.unknown_count,
        tallies.stale_inputs,
        tallies.run_count,
        tallies.stale_run_count,
        tallies.first_stale_at,
        case
            when pipelines.is_gone then 'gone'
            when tallies.stale_run_count >= thresholds.minimum_stale_runs then 'stale'
            when tallies.pipeline_key is null then 'without_inputs'
            when tallies.unknown_count > 0 then 'unknown'
            else 'fresh'
        end as state
    from pipelines
    cross join thresholds
    left join tallies on pipelines.pipeline_key = tallies.pipeline_key

),

final as (

    select
        {{ audit_subject('SI05', 'pipeline', 'judged') }},
        cast(
            case
                when state = 'stale' then 'finding'
                when state in ('gone', 'fresh') then 'clear'
                else 'cannot_tell'
            end as text
        ) as verdict,
        cast(
            case state
                when 'gone' then 'Not active: its definition is gone.'
                when 'stale'
                    then stale_run_count || ' of ' || run_count
                        || ' runs read inputs that were overdue, or not renewed since the run before as usual'
                        || ': ' || stale_inputs || '.'
                when 'without_inputs' then 'Nothing tells what it read lately.'
                when 'unknown'
                    then 'Of ' || unknown_count || ' of its ' || input_count
                        || ' inputs too little is known to say how often they change.'
                else stale_run_count || ' of ' || run_count || ' runs read one of its ' || input_count
                    || ' inputs when it was stale.'
            end as text
        ) as reason,
        {{ json_object({
            'runs': 'run_count',
            'runs_on_stale_inputs': 'stale_run_count',
            'inputs': 'input_count',
            'inputs_unknown': 'unknown_count',
            'stale_inputs': 'stale_inputs',
            'minimum_stale_runs': json_number('minimum_stale_runs'),
            'window_days': json_number('window_days'),
        }) }} as evidence,
        cast(case when state = 'stale' then first_stale_at end as timestamp) as onset_at,
        cast(as_of_at as timestamp) as as_of_at
    from judged

)

select * from final

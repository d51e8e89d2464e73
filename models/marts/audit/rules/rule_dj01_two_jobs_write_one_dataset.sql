with

thresholds as (

    {{ subject_thresholds('DJ01', ['window_days']) }}

),

datasets as (

    select * from {{ ref('fct_dataset_activity') }}

),

writers as (

    select * from {{ ref('bridge_dataset_writers') }}
    where is_active

),

-- One that stopped before the other began has handed over to it.
concurrent_writers as (

    select
        writers.dataset_key,
        min(greatest(writers.first_written_at, others.first_written_at)) as overlap_started_at
    from writers
    inner join writers as others
        on
            writers.dataset_key = others.dataset_key
            and writers.pipeline_key < others.pipeline_key
            and writers.first_written_at <= others.last_written_at
            and writers.last_written_at >= others.first_written_at
    where
        not writers.is_unknown
        and not others.is_unknown
    group by 1

),

tallies as (

    select
        dataset_key,
        count(*) as writer_count,
        bool_or(is_unknown) as has_unknown_writer,
        array_to_string((array_agg(
            pipeline_name || ' (' || coalesce(source_name || ', ', '') || write_count || ' writes, last '
            || cast(date_trunc('second', last_written_at) as text) || ')'
            order by pipeline_name, source_name, pipeline_key
        ))[1:10], ', ') as writers
    from writers
    group by 1

),

final as (

    select
        {{ audit_subject('DJ01', 'dataset', 'datasets') }},
        cast(
            case
                when concurrent_writers.dataset_key is not null then 'finding'
                when tallies.writer_count = 1 and not tallies.has_unknown_writer then 'clear'
                else 'cannot_tell'
            end as text
        ) as verdict,
        cast(
            case
                when concurrent_writers.dataset_key is not null
                    then tallies.writer_count || ' jobs write it: ' || tallies.writers || '.'
                when tallies.dataset_key is null then 'No active job wrote it lately.'
                when tallies.has_unknown_writer then 'Of some of its writes nobody says which job made them.'
                when tallies.writer_count = 1 then 'One job writes it: ' || tallies.writers || '.'
                else 'One job wrote it after another had stopped, as in a change of hands: ' || tallies.writers || '.'
            end as text
        ) as reason,
        {{ json_object({
            'active_writers': 'tallies.writer_count',
            'writers': 'tallies.writers',
            'has_unknown_writer': 'tallies.has_unknown_writer',
            'window_days': json_number(threshold('window_days')),
        }) }} as evidence,
        cast(concurrent_writers.overlap_started_at as timestamp) as onset_at,
        cast(datasets.as_of_at as timestamp) as as_of_at
    from datasets
    {{ join_thresholds('datasets.dataset_key') }}
    left join tallies on datasets.dataset_key = tallies.dataset_key
    left join concurrent_writers on datasets.dataset_key = concurrent_writers.dataset_key

)

select * from final

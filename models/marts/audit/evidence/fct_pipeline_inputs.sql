with

reads as (

    select
        reads.*,
        reads.read_state in ('late', 'unchanged') as is_stale,
        datasets.subject_name as dataset_name
    from {{ ref('fct_stale_reads') }} as reads
    inner join {{ ref('dim_datasets_current') }} as datasets on reads.dataset_key = datasets.dataset_key

),

inputs as (

    select
        pipeline_key,
        dataset_key,
        dataset_name,
        count(distinct run_id) filter (where is_stale) as stale_count,
        bool_and(read_state = 'unknown') as is_unknown
    from reads
    group by 1, 2, 3

),

input_tallies as (

    select
        pipeline_key,
        count(*) as input_count,
        count(*) filter (where is_unknown) as unknown_count,
        string_agg(dataset_name, ', ' order by dataset_name) filter (where stale_count > 0) as stale_inputs
    from inputs
    group by 1

),

runs as (

    select
        pipeline_key,
        count(distinct run_id) as run_count,
        count(distinct run_id) filter (where is_stale) as stale_run_count,
        min(read_at) filter (where is_stale) as first_stale_at
    from reads
    group by 1

),

final as (

    select
        cast(runs.pipeline_key as uuid) as pipeline_key,
        cast(input_tallies.input_count as bigint) as input_count,
        cast(input_tallies.unknown_count as bigint) as unknown_count,
        cast(input_tallies.stale_inputs as text) as stale_inputs,
        cast(runs.run_count as bigint) as run_count,
        cast(runs.stale_run_count as bigint) as stale_run_count,
        cast(runs.first_stale_at as timestamp) as first_stale_at
    from runs
    inner join input_tallies on runs.pipeline_key = input_tallies.pipeline_key

)

select * from final

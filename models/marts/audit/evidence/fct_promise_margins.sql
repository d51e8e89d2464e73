with

beginnings as (

    select
        *,
        {{ seconds_between('begins_at', 'due_at') }} - needed_seconds as margin_seconds
    from {{ ref('fct_delivery_beginnings') }}

),

-- A schedule that was late or a holiday moves a delivery or two, not the middle one.
tallies as (

    select
        service_level_key,
        upstream_dataset_key,
        upstream_service_level_key,
        is_schedule,
        count(*) as delivery_count,
        min(run_count) as run_count,
        percentile_cont(0.5) within group (order by margin_seconds) as margin_seconds,
        max(needed_seconds) as needed_seconds,
        max(due_at) as last_due_at,
        (array_agg(begins_at order by due_at desc))[1] as last_begins_at,
        (array_agg(pipeline_key order by due_at desc))[1] as pipeline_key
    from beginnings
    group by 1, 2, 3, 4

),

datasets as (

    select * from {{ ref('dim_datasets_current') }}

),

pipelines as (

    select * from {{ ref('dim_pipelines_current') }}

),

final as (

    select
        {{ surrogate_key([
            'tallies.service_level_key', 'tallies.upstream_dataset_key', 'tallies.upstream_service_level_key',
            'tallies.is_schedule'
        ]) }} as promise_margin_key,
        cast(tallies.service_level_key as uuid) as service_level_key,
        cast(tallies.upstream_dataset_key as uuid) as upstream_dataset_key,
        cast(tallies.upstream_service_level_key as uuid) as upstream_service_level_key,
        cast(tallies.pipeline_key as uuid) as pipeline_key,
        cast(tallies.is_schedule as boolean) as is_schedule,
        cast(datasets.subject_name as text) as upstream_dataset_name,
        cast(case when tallies.is_schedule then pipelines.pipeline_name end as text) as pipeline_name,
        cast(tallies.delivery_count as bigint) as delivery_count,
        cast(tallies.run_count as bigint) as run_count,
        cast(tallies.last_begins_at as timestamp) as last_begins_at,
        cast(tallies.last_due_at as timestamp) as last_due_at,
        cast(tallies.needed_seconds as double precision) as needed_seconds,
        cast(tallies.margin_seconds as double precision) as margin_seconds
    from tallies
    inner join datasets on tallies.upstream_dataset_key = datasets.dataset_key
    left join pipelines on tallies.pipeline_key = pipelines.pipeline_key

)

select * from final

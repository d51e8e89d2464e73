with

datasets as (

    select * from {{ ref('int_incident_subjects__linked') }}
    where
        subject_type = 'dataset'
        and not is_ambiguous

),

lineage as (

    select * from {{ ref('int_lineage__closed') }}

),

counted as (

    select
        incident_key,
        subject_key,
        count(*) over (partition by incident_key) as dataset_count
    from datasets

),

-- The cause is the dataset that all others are made from, and that is made from none of them.
ranked as (

    select
        counted.incident_key,
        counted.subject_key as dataset_key,
        max(counted.dataset_count) as dataset_count,
        count(others.subject_key) filter (where downstream.depth is not null) as downstream_count,
        count(others.subject_key) filter (where upstream.depth is not null) as upstream_count
    from counted
    left join datasets as others
        on
            counted.incident_key = others.incident_key
            and counted.subject_key <> others.subject_key
    left join lineage as downstream
        on
            counted.subject_key = downstream.upstream_dataset_key
            and others.subject_key = downstream.downstream_dataset_key
    left join lineage as upstream
        on
            others.subject_key = upstream.upstream_dataset_key
            and counted.subject_key = upstream.downstream_dataset_key
    group by 1, 2

),

final as (

    select
        cast(incident_key as uuid) as incident_key,
        cast(dataset_key as uuid) as dataset_key
    from ranked
    where
        downstream_count = dataset_count - 1
        and upstream_count = 0

)

select * from final

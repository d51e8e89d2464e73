with

dag_runs as (

    select * from {{ ref('stg_airflow__dag_runs') }}
    where dag_hash is not null

),

-- A run that was cleared has the hash of that time.
firsts as (

    select
        source_name,
        dag_id,
        dag_hash,
        min(coalesce(queued_at, started_at)) as first_seen_at
    from dag_runs
    where clear_number = 0 and coalesce(queued_at, started_at) is not null
    group by 1, 2, 3

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(dag_id as text) as dag_id,
        cast(dag_hash as text) as dag_hash,
        cast(first_seen_at as timestamp) as first_seen_at,
        cast(
            row_number() over (partition by source_name, dag_id order by first_seen_at, dag_hash) = 1 as boolean
        ) as is_first
    from firsts

)

select * from final

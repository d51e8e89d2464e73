with serialized_dags as (
    select * from {{ ref('stg_airflow__serialized_dags') }}
),

dated as (
    select
        source_name,
        dag_id,
        dag_version_id,
        serialized_at,
        lag(serialized_at) over (partition by source_name, dag_id order by serialized_at) as previous_serialized_at,
        lead(serialized_at) over (partition by source_name, dag_id order by serialized_at) as next_serialized_at
    from serialized_dags
),

final as (
    select
        cast(source_name as text) as source_name,
        cast(dag_id as text) as dag_id,
        cast(dag_version_id as text) as dag_version_id,
        cast(serialized_at as timestamp) as serialized_at,
        cast(
            case
                when previous_serialized_at is null then cast('1900-01-01' as timestamp)
                else serialized_at
            end as timestamp
        ) as valid_from,
        cast(coalesce(next_serialized_at, cast('9999-12-31' as timestamp)) as timestamp) as valid_to,
        cast(next_serialized_at is null as boolean) as is_latest
    from dated
)

select * from final

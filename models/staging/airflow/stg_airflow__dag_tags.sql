with source as (
    select * from {{ source('airflow', 'dag_tag') }}
),

final as (
    select
        cast(_source_name as text) as source_name,
        cast(dag_id as text) as dag_id,
        cast(name as text) as tag,
        cast(_is_current as boolean) as is_current
    from source
)

select * from final

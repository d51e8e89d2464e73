with source as (
    select * from {{ source('airflow', 'dag_version') }}
),

final as (
    select
        cast(_source_name as text) as source_name,
        cast(dag_id as text) as dag_id,
        cast(id as text) as dag_version_id,
        cast(version_number as integer) as dag_version_number,
        cast(bundle_name as text) as bundle_name,
        cast(bundle_version as text) as bundle_version,
        cast(created_at as timestamp) as created_at,
        cast(last_updated as timestamp) as updated_at
    from source
)

select * from final

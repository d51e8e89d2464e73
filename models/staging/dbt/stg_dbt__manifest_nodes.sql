with source as (

    select * from {{ source('dbt', 'manifest_nodes') }}

),

final as (

    select
        cast(_source_name as text) as source_name,
        cast(artifact_id as text) as artifact_id,
        cast(unique_id as text) as unique_id,
        cast(section as text) as section,
        cast(node_md5 as text) as node_md5
    from source

)

select * from final

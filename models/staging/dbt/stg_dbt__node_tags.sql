with contents as (

    select * from {{ ref('stg_dbt__node_contents') }}

),

final as (

    select distinct
        cast(contents.source_name as text) as source_name,
        cast(contents.unique_id as text) as unique_id,
        cast(contents.node_md5 as text) as node_md5,
        cast({{ json_scalar_text('tag.element') }} as text) as tag
    from contents
    {{ json_array_elements('contents.tags', 'tag') }}

)

select * from final

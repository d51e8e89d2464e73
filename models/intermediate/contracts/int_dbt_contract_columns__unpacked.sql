{{ config(materialized='table') }}

with

node_contents as (

    select * from {{ ref('stg_dbt__node_contents') }}
    where is_contract_enforced

),

entries as (

    select
        node_contents.source_name,
        node_contents.unique_id,
        node_contents.node_md5,
        entry.entry_name,
        {{ json_parse('entry.entry_value', {
            'name': 'text', 'data_type': 'text', 'description': 'text', 'constraints': [{'type': 'text'}],
        }) }} as contract_column
    from node_contents
    {{ json_object_entries('node_contents.columns', 'entry') }}

),

named as (

    select
        source_name,
        unique_id,
        node_md5,
        coalesce({{ json_field_text('contract_column', ['name']) }}, entry_name) as column_name,
        {{ json_field_text('contract_column', ['data_type']) }} as data_type,
        {{ json_field_text('contract_column', ['description']) }} as description,
        {{ json_list_join('contract_column', ['constraints'], ['type'], sorted=true) }} as constraint_types
    from entries

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(unique_id as text) as unique_id,
        cast(node_md5 as text) as node_md5,
        cast(column_name as text) as column_name,
        cast(lower(data_type) as text) as data_type,
        cast(nullif(description, '') as text) as description,
        cast(', ' || constraint_types || ', ' like '%, not_null, %' as boolean) as is_required,
        cast(', ' || constraint_types || ', ' like '%, unique, %' as boolean) as is_unique,
        cast(', ' || constraint_types || ', ' like '%, primary_key, %' as boolean) as is_primary_key,
        cast(
            md5(string_agg(
                lower(column_name) || ' ' || coalesce(lower(data_type), '') || ' ' || coalesce(constraint_types, ''),
                ','
            ) over (
                partition by source_name, unique_id, node_md5
                order by column_name
                rows between unbounded preceding and unbounded following
            )) as text
        ) as content_md5
    from named

)

select * from final

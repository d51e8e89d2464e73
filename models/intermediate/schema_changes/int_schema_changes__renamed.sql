with

changes as (

    select * from {{ ref('int_schema_changes__detected') }}

),

datasets as (

    select * from {{ ref('int_datasets__resolved') }}

),

-- The same place and the same type in one step: it may be a rename, and may be another column.
candidates as (

    select
        dropped.dataset_key,
        dropped.version_number,
        dropped.column_name_before,
        added.column_name_after
    from changes as dropped
    inner join changes as added
        on
            dropped.dataset_key = added.dataset_key
            and dropped.version_number = added.version_number
            and dropped.ordinal_position_before = added.ordinal_position_after
    where
        dropped.change_kind = 'dropped'
        and added.change_kind = 'added'
        and (
            dropped.data_type_before = added.data_type_after
            or (
                dropped.canonical_type_before = added.canonical_type_after
                and coalesce(dropped.type_arguments_before, '') = coalesce(added.type_arguments_after, '')
            )
        )

),

dbt_nodes as (

    select
        datasets.dataset_key,
        node_contents.columns
    from datasets
    inner join {{ ref('int_dbt_relations__named') }} as relations
        on datasets.dataset_namespace = relations.dataset_namespace and datasets.dataset_name = relations.dataset_name
    inner join {{ ref('stg_dbt__node_contents') }} as node_contents
        on
            relations.source_name = node_contents.source_name
            and relations.relation_key = {{ dbt_relation_key('node_contents') }}
    where datasets.dataset_key in (select candidates.dataset_key from candidates)

),

dbt_columns as (

    select
        dbt_nodes.dataset_key,
        entry.entry_name,
        {{ json_parse('entry.entry_value', {'name': 'text', 'description': 'text'}) }} as node_column
    from dbt_nodes
    {{ json_object_entries('dbt_nodes.columns', 'entry') }}

),

descriptions as (

    select
        dataset_key,
        lower(coalesce({{ json_field_text('node_column', ['name']) }}, entry_name)) as column_name,
        lower(trim({{ json_field_text('node_column', ['description']) }})) as description
    from dbt_columns
    union
    select
        objects.dataset_key,
        lower(coalesce(properties.physical_name, properties.property_name)) as column_name,
        lower(trim(properties.description)) as description
    from {{ ref('int_contract_objects__bound') }} as objects
    inner join {{ ref('int_contracts__resolved') }} as contracts
        on objects.contract_version_key = contracts.contract_version_key
    inner join {{ ref('stg_odcs__properties') }} as properties
        on contracts.document_key = properties.document_key and objects.object_index = properties.object_index
    where properties.depth = 1 and objects.dataset_key in (select candidates.dataset_key from candidates)

),

-- A description that more columns share, such as one of a kind of key, says nothing of any.
pairs as (

    select
        dataset_key,
        min(column_name) as one_name,
        max(column_name) as other_name
    from descriptions
    where description <> ''
    group by dataset_key, description
    having count(*) = 2

),

final as (

    select distinct
        cast(candidates.dataset_key as uuid) as dataset_key,
        cast(candidates.version_number as integer) as version_number,
        cast(candidates.column_name_before as text) as column_name_before,
        cast(candidates.column_name_after as text) as column_name_after
    from candidates
    inner join pairs
        on
            candidates.dataset_key = pairs.dataset_key
            and lower(candidates.column_name_before) in (pairs.one_name, pairs.other_name)
            and lower(candidates.column_name_after) in (pairs.one_name, pairs.other_name)

)

select * from final

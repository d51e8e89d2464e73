{{ config(materialized='table') }}

with source as (

    select * from {{ source('dbt', 'node_contents') }}

),

parsed as (

    select
        _source_name as source_name,
        unique_id,
        node_md5,
        section,
        {{ json_parse('node', {
            'resource_type': 'text', 'name': 'text', 'package_name': 'text', 'database': 'text', 'schema': 'text',
            'alias': 'text', 'identifier': 'text', 'relation_name': 'text', 'access': 'text', 'group': 'text',
            'column_name': 'text', 'attached_node': 'text', 'description': 'text', 'original_file_path': 'text',
            'loaded_at_field': 'text', 'type': 'text', 'maturity': 'text', 'url': 'text', 'label': 'text',
            'meta': {'owner': 'text'}, 'owner': {'name': 'text', 'email': 'text'},
            'contract': {'enforced': 'text'}, 'checksum': {'checksum': 'text'},
            'test_metadata': {'name': 'text', 'kwargs': {'column_name': 'text', 'model': 'text'}},
            'freshness': {
                'warn_after': {'count': 'text', 'period': 'text'},
                'error_after': {'count': 'text', 'period': 'text'},
            },
            'config': {
                'materialized': 'text', 'enabled': 'text', 'severity': 'text', 'warn_if': 'text',
                'error_if': 'text', 'meta': {'owner': 'text'}, 'contract': {'enforced': 'text'},
            },
            'depends_on': {'nodes': 'json'}, 'columns': 'json', 'tags': 'json',
        }) }} as node
    from source

),

combined as (

    select
        *,
        coalesce(
            {{ json_field_text('node', ['owner', 'name']) }},
            {{ json_field_text('node', ['owner', 'email']) }},
            {{ json_field_text('node', ['meta', 'owner']) }},
            {{ json_field_text('node', ['config', 'meta', 'owner']) }}
        ) as owner_text,
        coalesce(
            {{ json_field_text('node', ['alias']) }},
            {{ json_field_text('node', ['identifier']) }},
            {{ json_field_text('node', ['name']) }}
        ) as relation_identifier,
        coalesce(
            {{ json_field_text('node', ['column_name']) }},
            {{ json_field_text('node', ['test_metadata', 'kwargs', 'column_name']) }}
        ) as column_name,
        coalesce(
            {{ json_field_text('node', ['contract', 'enforced']) }},
            {{ json_field_text('node', ['config', 'contract', 'enforced']) }}
        ) as contract_enforced,
        case
            when section = 'disabled' then 'false'
            else coalesce({{ json_field_text('node', ['config', 'enabled']) }}, 'true')
        end as enabled
    from parsed

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(unique_id as text) as unique_id,
        cast(node_md5 as text) as node_md5,
        cast(section as text) as section,
        cast(coalesce({{ json_field_text('node', ['resource_type']) }}, split_part(unique_id, '.', 1)) as text)
            as resource_type,
        cast({{ json_field_text('node', ['name']) }} as text) as node_name,
        cast({{ json_field_text('node', ['package_name']) }} as text) as package_name,
        cast({{ json_field_text('node', ['database']) }} as text) as database_name,
        cast({{ json_field_text('node', ['schema']) }} as text) as schema_name,
        cast(relation_identifier as text) as relation_identifier,
        cast({{ json_field_text('node', ['relation_name']) }} as text) as relation_name,
        cast({{ json_field_text('node', ['config', 'materialized']) }} as text) as materialized,
        cast({{ json_field_text('node', ['access']) }} as text) as access,
        cast({{ json_field_text('node', ['group']) }} as text) as group_name,
        -- meta may hold a list or an object by this name, which is nobody's.
        cast(
            case when left(owner_text, 2) not in ('{"', '{}', '["', '[]', '[{', '[[') then owner_text end as text
        ) as owner_name,
        cast({{ json_field_text('node', ['test_metadata', 'name']) }} as text) as test_name,
        cast(column_name as text) as column_name,
        cast({{ json_field_text('node', ['test_metadata', 'kwargs', 'model']) }} as text)
            as test_model_expression,
        cast({{ json_field_text('node', ['attached_node']) }} as text) as attached_node,
        cast(lower({{ json_field_text('node', ['config', 'severity']) }}) as text) as severity,
        cast({{ json_field_text('node', ['config', 'warn_if']) }} as text) as warn_if,
        cast({{ json_field_text('node', ['config', 'error_if']) }} as text) as error_if,
        cast({{ freshness_seconds('node', ['freshness', 'warn_after']) }} as double precision)
            as freshness_warn_after_seconds,
        cast({{ freshness_seconds('node', ['freshness', 'error_after']) }} as double precision)
            as freshness_error_after_seconds,
        cast(contract_enforced = 'true' as boolean) as is_contract_enforced,
        cast(enabled <> 'false' as boolean) as is_enabled,
        cast({{ json_field_text('node', ['checksum', 'checksum']) }} as text) as checksum,
        cast({{ json_field_text('node', ['description']) }} as text) as description,
        cast({{ json_field_text('node', ['original_file_path']) }} as text) as file_path,
        cast({{ json_field_text('node', ['loaded_at_field']) }} as text) as loaded_at_field,
        cast({{ json_field_text('node', ['type']) }} as text) as exposure_type,
        cast({{ json_field_text('node', ['maturity']) }} as text) as maturity,
        cast({{ json_field_text('node', ['url']) }} as text) as url,
        cast(nullif({{ json_field_text('node', ['label']) }}, '') as text) as label,
        cast({{ json_field('node', ['depends_on', 'nodes']) }} as json) as depends_on,
        cast({{ json_field('node', ['tags']) }} as json) as tags,
        cast({{ json_field('node', ['columns']) }} as json) as columns
    from combined

)

select * from final

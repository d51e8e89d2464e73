{%- set columns = {
    'proposed_contract_key': 'uuid', 'object_name': 'text', 'unique_id': 'text', 'dataset_key': 'uuid',
    'change_kind': 'text', 'clause_kind': 'text', 'column_name': 'text', 'column_name_before': 'text',
    'value_before': 'text', 'value_after': 'text',
} %}
{%- set relations = {
    'contracts': ['proposed_contract_key', 'object_name', 'change_kind'],
    'whole_objects': ['proposed_contract_key', 'object_name', 'change_kind'],
    'column_changes': [
        'proposed_contract_key', 'object_name', 'change_kind', 'column_name', 'column_name_before', 'value_before',
        'value_after',
    ],
    'promises': [
        'proposed_contract_key', 'object_name', 'change_kind', 'clause_kind', 'column_name', 'value_before',
        'value_after',
    ],
    'removals': ['unique_id', 'dataset_key', 'change_kind'],
} %}

with

proposed as (
    select * from {{ ref('proposed_contracts') }}
),

objects as (
    select * from {{ ref('proposed_objects') }}
),

contracts as (

    select
        proposed.proposed_contract_key,
        objects.object_name,
        case proposed.outcome
            when 'new' then 'contract_added'
            when 'removed' then 'dataset_dropped'
            else 'contract_withdrawn'
        end as change_kind,
        proposed.outcome <> 'new' as is_breaking
    from proposed
    left join objects on proposed.proposed_contract_key = objects.proposed_contract_key
    where proposed.outcome <> 'kept'

),

whole_objects as (

    select
        objects.proposed_contract_key,
        objects.object_name,
        case when objects.is_proposed then 'object_added' else 'object_withdrawn' end as change_kind,
        not objects.is_proposed as is_breaking
    from objects
    inner join proposed on objects.proposed_contract_key = proposed.proposed_contract_key
    where proposed.outcome = 'kept' and objects.is_in_force <> objects.is_proposed

),

column_changes as (

    select
        {%- for side in ['before', 'after'] %}
            case is_nullable_{{ side }}
                when true then 'null' when false then 'not null' else data_type_{{ side }}
            end as value_{{ side }},
        {%- endfor %}
        *
    from {{ ref('proposed_column_changes') }}

),

promises as (

    select
        *,
        promised_of as column_name,
        expectation_before as value_before,
        expectation_after as value_after
    from {{ ref('proposed_promises') }}

),

removals as (

    select
        *,
        'dataset_dropped' as change_kind,
        true as is_breaking
    from {{ ref('proposed_removals') }}

),

unioned as (
    {% for relation, given in relations.items() %}
        select
            {%- for column, data_type in columns.items() %}
                cast({{ column if column in given else 'null' }} as {{ data_type }}) as {{ column }},
            {%- endfor %}
            is_breaking
        from {{ relation }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (

    select
        {{ surrogate_key([
            'proposed_contract_key', 'object_name', 'unique_id', 'dataset_key', 'change_kind', 'clause_kind',
            'column_name',
        ]) }} as proposed_change_key,
        *
    from unioned

)

select * from final

{%- set columns = {
    'object_name': 'text', 'clause_kind': 'text', 'property_path': 'text', 'column_name': 'text',
    'clause_name': 'text', 'expectation': 'text', 'description': 'text',
} %}

with

contracts as (

    select * from {{ ref('proposed_contracts') }}
    where contract_key is not null

),

in_force as (

    select * from {{ ref('dim_contract_clauses_current') }}
    where not is_unknown and is_retired is not true

),

proposed as (

    select
        contract_version_key,
        {{ columns | join(', ') }}
    from {{ ref('int_contract_clauses__from_odcs') }}
    union all
    select
        contract_version_key,
        {{ columns | join(', ') }}
    from {{ ref('int_contract_clauses__from_dbt') }}

),

unioned as (

    select
        {%- for column in columns %}
            in_force.{{ column }},
        {%- endfor %}
        'before' as side,
        contracts.proposed_contract_key,
        in_force.dataset_key
    from contracts
    inner join in_force on contracts.contract_version_key = in_force.contract_version_key
    union all
    select
        {%- for column in columns %}
            proposed.{{ column }},
        {%- endfor %}
        'after' as side,
        contracts.proposed_contract_key,
        cast(null as uuid) as dataset_key
    from contracts
    inner join proposed on contracts.proposed_contract_version_key = proposed.contract_version_key
    where contracts.outcome = 'kept'

),

numbered as (

    select
        *,
        row_number() over (
            partition by proposed_contract_key, side
            order by {{ columns | join(', ') }}
        ) as clause_number
    from unioned

),

final as (

    select
        cast(proposed_contract_key as uuid) as proposed_contract_key,
        cast(side as text) as side,
        cast(clause_number as integer) as clause_number,
        cast(dataset_key as uuid) as dataset_key,
        {%- for column, data_type in columns.items() %}
            cast({{ column }} as {{ data_type }}) as {{ column }},
        {%- endfor %}
        cast(lower(coalesce(column_name, property_path)) as text) as folded_name
    from numbered

)

select * from final

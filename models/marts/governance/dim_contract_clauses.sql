{%- set columns = {
    'contract_clause_version_key': 'uuid', 'contract_clause_key': 'uuid', 'contract_version_key': 'uuid',
    'contract_key': 'uuid', 'valid_from': 'timestamp', 'valid_to': 'timestamp', 'is_current': 'boolean',
    'is_in_force': 'boolean', 'clause_kind': 'text', 'object_name': 'text', 'property_path': 'text',
    'dataset_key': 'uuid', 'column_key': 'uuid', 'team_key': 'uuid', 'subject_name': 'text', 'clause_name': 'text',
    'expectation': 'text', 'column_name': 'text', 'description': 'text', 'severity': 'text', 'clause_state': 'text',
    'reason': 'text', 'check_count': 'integer', 'last_tested_at': 'timestamp',
} %}
{%- set unknown = {
    'valid_from': "cast('1900-01-01' as timestamp)", 'valid_to': "cast('9999-12-31' as timestamp)",
    'is_current': "true",
    'clause_kind': "'unknown'", 'subject_name': "'unknown'", 'clause_state': "'untested'",
} %}

with

clauses as (

    select * from {{ ref('int_contract_clauses__resolved') }}

),

judged as (

    select * from {{ ref('int_contract_clauses__judged') }}

),

contracts as (

    select * from {{ ref('dim_contracts') }}
    where is_retired is not true

),

datasets as (

    select * from {{ ref('dim_datasets_current') }}
    where is_retired is not true

),

-- A store that folds no names may have columns that differ by their letter case alone.
columns as (

    select
        dataset_key,
        lower(column_name) as column_name,
        min(cast(column_key as text)) as column_key
    from {{ ref('dim_columns') }}
    where is_retired is not true
    group by 1, 2

),

members as (

    select
        clauses.contract_clause_version_key,
        clauses.contract_clause_key,
        clauses.contract_version_key,
        clauses.contract_key,
        clauses.valid_from,
        clauses.valid_to,
        clauses.is_last_version as is_current,
        clauses.is_current and clauses.is_binding as is_in_force,
        clauses.clause_kind,
        clauses.object_name,
        clauses.property_path,
        coalesce(datasets.dataset_key, {{ unknown_key() }}) as dataset_key,
        coalesce(cast(columns.column_key as uuid), {{ unknown_key() }}) as column_key,
        coalesce(
            nullif(contracts.team_key, {{ unknown_key() }}), datasets.team_key, {{ unknown_key() }}
        ) as team_key,
        coalesce(
            case
                when clauses.clause_kind = 'service_level' then coalesce(clauses.property_path, clauses.object_name)
                else nullif(concat_ws('.', clauses.object_name, clauses.property_path), '')
            end,
            contracts.contract_name
        ) as subject_name,
        clauses.clause_name,
        clauses.expectation,
        clauses.column_name,
        clauses.description,
        clauses.severity,
        judged.clause_state,
        judged.reason,
        judged.check_count,
        judged.last_tested_at,
        false as is_unknown
    from clauses
    inner join judged on clauses.contract_clause_version_key = judged.contract_clause_version_key
    inner join contracts on clauses.contract_version_key = contracts.contract_version_key
    left join datasets on clauses.dataset_key = datasets.dataset_key
    left join columns
        on clauses.dataset_key = columns.dataset_key and lower(clauses.column_name) = columns.column_name
    union all
    select
        {%- for column, data_type in columns.items() %}
            {{ unknown_key() if data_type == 'uuid' else unknown.get(column, 'cast(null as ' ~ data_type ~ ')') }}
                as {{ column }},
        {%- endfor %}
        true as is_unknown

),

final as (

    select
        {%- for column, data_type in columns.items() %}
            cast({{ column }} as {{ data_type }}) as {{ column }},
        {%- endfor %}
        cast(is_unknown as boolean) as is_unknown,
        cast(false as boolean) as is_retired
    from members

)

select * from final

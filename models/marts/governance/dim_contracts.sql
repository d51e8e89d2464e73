-- depends_on: {{ ref('dim_teams_current') }}
{%- set columns = {
    'contract_version_key': 'uuid', 'contract_key': 'uuid', 'valid_from': 'timestamp', 'valid_to': 'timestamp',
    'is_current': 'boolean', 'contract_standard': 'text', 'source_name': 'text', 'contract_id': 'text',
    'contract_name': 'text', 'contract_version': 'text', 'api_version': 'text', 'contract_status': 'text',
    'is_binding': 'boolean', 'domain_name': 'text', 'tenant_name': 'text', 'data_product_name': 'text',
    'purpose': 'text', 'team_key': 'uuid', 'contract_created_at': 'timestamp', 'defined_in': 'text',
    'clause_count': 'integer', 'kept_clause_count': 'integer', 'broken_clause_count': 'integer',
    'untested_clause_count': 'integer',
} %}
{%- set unknown = {
    'valid_from': "cast('1900-01-01' as timestamp)", 'valid_to': "cast('9999-12-31' as timestamp)",
    'contract_id': "'unknown'",
    'contract_name': "'unknown'",
    'is_current': "true",
} %}

with

contracts as (

    select * from {{ ref('int_contracts__resolved') }}

),

teams as (

    select * from {{ ref('int_teams__resolved') }}

),

clauses as (

    select
        clauses.contract_version_key,
        count(*) as clause_count,
        count(*) filter (where judged.clause_state = 'kept') as kept_clause_count,
        count(*) filter (where judged.clause_state = 'broken') as broken_clause_count,
        count(*) filter (where judged.clause_state = 'untested') as untested_clause_count
    from {{ ref('int_contract_clauses__resolved') }} as clauses
    inner join {{ ref('int_contract_clauses__judged') }} as judged
        on clauses.contract_clause_version_key = judged.contract_clause_version_key
    group by 1

),

members as (

    select
        contracts.contract_version_key,
        contracts.contract_key,
        contracts.valid_from,
        contracts.valid_to,
        contracts.is_current,
        contracts.contract_standard,
        contracts.source_name,
        contracts.contract_id,
        contracts.contract_name,
        contracts.contract_version,
        contracts.api_version,
        contracts.contract_status,
        contracts.is_binding,
        contracts.domain_name,
        contracts.tenant_name,
        contracts.data_product_name,
        contracts.purpose,
        coalesce(teams.team_key, {{ unknown_key() }}) as team_key,
        contracts.contract_created_at,
        contracts.defined_in,
        coalesce(clauses.clause_count, 0) as clause_count,
        coalesce(clauses.kept_clause_count, 0) as kept_clause_count,
        coalesce(clauses.broken_clause_count, 0) as broken_clause_count,
        coalesce(clauses.untested_clause_count, 0) as untested_clause_count,
        false as is_unknown
    from contracts
    left join teams on contracts.owner_name = teams.owner_name
    left join clauses on contracts.contract_version_key = clauses.contract_version_key
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

{%- set of_change = ['in_question.schema_change_key', 'in_question.contract_version_key', 'in_question.valid_from'] %}
{%- set is_named = 'bool_or(clauses.contract_version_key = in_question.contract_version_key)' %}

with

changes as (

    select * from {{ ref('int_schema_changes__judged') }}

),

clauses as (

    select * from {{ ref('int_contract_clauses__resolved') }}
    where is_binding and dataset_key is not null

),

contracts as (

    select distinct
        dataset_key,
        contract_key,
        contract_version_key,
        valid_from,
        valid_to
    from clauses

),

-- What was in force when the change was seen, or came into force soon after.
in_question as (

    select
        changes.schema_change_key,
        changes.change_kind,
        changes.dataset_key,
        lower(changes.column_name) as folded_name,
        changes.data_type_before,
        changes.data_type_after,
        contracts.contract_key,
        contracts.contract_version_key,
        contracts.valid_from
    from changes
    inner join contracts
        on
            changes.dataset_key = contracts.dataset_key
            and changes.changed_at < contracts.valid_to
            and changes.changed_at + {{ var('schema_change_explained_within_hours') }} * interval '1 hour'
            >= contracts.valid_from

),

-- A contract need not name every column: one that it does not name is withdrawn where it did before.
named as (

    select {{ of_change | join(', ') }}
    from in_question
    inner join clauses
        on
            in_question.contract_key = clauses.contract_key
            and in_question.dataset_key = clauses.dataset_key
            and in_question.folded_name = lower(clauses.column_name)
    where clauses.clause_kind = 'column'
    group by {{ of_change | join(', ') }}, in_question.change_kind
    having
        case
            when in_question.change_kind in ('added', 'renamed') then {{ is_named }}
            when in_question.change_kind = 'dropped'
                then not {{ is_named }} and bool_or(clauses.valid_from < in_question.valid_from)
        end

),

retyped as (

    select {{ of_change | join(', ') }}
    from in_question
    inner join clauses
        on
            in_question.contract_version_key = clauses.contract_version_key
            and in_question.dataset_key = clauses.dataset_key
            and in_question.folded_name = lower(clauses.column_name)
    {%- for side in ['before', 'after'] %}
        left join {{ ref('int_data_types__conformed') }} as type_{{ side }}
            on clauses.scheme = type_{{ side }}.scheme and in_question.data_type_{{ side }} = type_{{ side }}.data_type
    {%- endfor %}
    left join {{ ref('int_data_types__conformed') }} as promised
        on clauses.scheme = promised.scheme and clauses.accepted_types = promised.data_type
    where
        in_question.change_kind = 'retyped'
        and clauses.clause_kind in ('logical_type', 'physical_type')
        and {{ breaks_promised_type('clauses', 'in_question.data_type_before', 'type_before', 'promised') }}
        and not {{ breaks_promised_type('clauses', 'in_question.data_type_after', 'type_after', 'promised') }}

),

explaining as (

    select * from named
    union
    select * from retyped

),

final as (

    select
        cast(schema_change_key as uuid) as schema_change_key,
        cast((array_agg(contract_version_key order by valid_from, contract_version_key))[1] as uuid)
            as contract_version_key
    from explaining
    group by schema_change_key

)

select * from final

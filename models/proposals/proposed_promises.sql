{%- set sides = ['before', 'after'] %}

with

objects as (

    select * from {{ ref('proposed_objects') }}

),

column_changes as (

    select
        proposed_contract_key,
        object_name,
        lower(column_name_before) as folded_name
    from {{ ref('proposed_column_changes') }}
    where change_kind in ('dropped', 'renamed')

),

contracts as (

    select * from {{ ref('proposed_contracts') }}
    where outcome = 'kept'

),

-- What is promised of an object that is withdrawn, or of a column that is dropped, goes with it.
clauses as (

    select
        clauses.proposed_contract_key,
        clauses.side,
        clauses.clause_kind,
        clauses.object_name,
        case when clauses.clause_kind <> 'primary_key' then clauses.property_path end as property_path,
        case clauses.clause_kind
            when 'primary_key' then clauses.property_path
            else clauses.expectation
        end as expectation,
        coalesce(clauses.clause_name, case when clauses.clause_kind = 'quality' then clauses.expectation end)
            as clause_name
    from {{ ref('proposed_clauses') }} as clauses
    inner join contracts on clauses.proposed_contract_key = contracts.proposed_contract_key
    left join objects
        on
            clauses.proposed_contract_key = objects.proposed_contract_key
            and clauses.object_name = objects.object_name
    left join column_changes
        on
            clauses.proposed_contract_key = column_changes.proposed_contract_key
            and clauses.object_name = column_changes.object_name
            and clauses.folded_name = column_changes.folded_name
    where
        clauses.clause_kind in ('unique', 'primary_key', 'quality', 'service_level')
        and (clauses.object_name is null or (objects.is_in_force and objects.is_proposed))
        and (column_changes.folded_name is null or clauses.side = 'after')

),

compared as (

    select
        {%- for side in sides %}
            string_agg(expectation, '; ' order by expectation) filter (where side = '{{ side }}')
                as expectation_{{ side }},
            count(*) filter (where side = '{{ side }}') as clause_count_{{ side }},
        {%- endfor %}
        proposed_contract_key,
        clause_kind,
        object_name,
        property_path,
        clause_name
    from clauses
    group by proposed_contract_key, clause_kind, object_name, property_path, clause_name

),

judged as (

    select
        *,
        case
            when clause_count_before = 0 then 'promise_added'
            when clause_count_after = 0 then 'promise_withdrawn'
            when
                clause_count_before <> clause_count_after
                or coalesce(expectation_before, '') <> coalesce(expectation_after, '')
                then 'promise_changed'
        end as change_kind
    from compared

),

-- Whether another promise is less than the one before is not known.
final as (

    select
        cast(proposed_contract_key as uuid) as proposed_contract_key,
        cast(clause_kind as text) as clause_kind,
        cast(object_name as text) as object_name,
        cast(property_path as text) as property_path,
        cast(clause_name as text) as clause_name,
        cast(nullif(concat_ws(': ', property_path, clause_name), '') as text) as promised_of,
        cast(change_kind as text) as change_kind,
        cast(expectation_before as text) as expectation_before,
        cast(expectation_after as text) as expectation_after,
        cast(
            case change_kind when 'promise_withdrawn' then true when 'promise_added' then false end as boolean
        ) as is_breaking
    from judged
    where change_kind is not null

)

select * from final

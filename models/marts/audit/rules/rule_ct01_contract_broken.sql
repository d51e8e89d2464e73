with
contracts as (
    select * from {{ ref('dim_contracts_current') }}
    where not is_unknown and is_retired is not true
),

clauses as (
    select * from {{ ref('dim_contract_clauses_current') }}
    where is_in_force
),

violations as (
    select * from {{ ref('fct_contract_violations') }}
    where ended_at is null
),

as_of as (
    select * from {{ ref('int_sources__as_of') }}
    where source_name = '*'
),

datasets as (
    select
        contract_key,
        {{ only_key('dataset_key', 'true') }} as dataset_key
    from clauses
    group by contract_key
),

violated as (
    select
        violations.contract_key,
        clauses.subject_name,
        coalesce(violations.expectation, violations.clause_kind) as expectation,
        violations.found,
        violations.started_at
    from violations
    inner join clauses on violations.contract_clause_key = clauses.contract_clause_key
),

-- Of a column that breaks several clauses at once it is said once what it is.
numbered as (
    select
        contract_key,
        subject_name || ': ' || string_agg(distinct expectation, ', ' order by expectation)
        || coalesce(', but ' || found, '') as told,
        count(*) as clause_count,
        min(started_at) as started_at,
        row_number() over (
            partition by contract_key order by min(started_at) asc, subject_name asc, found asc nulls last
        ) as place
    from violated
    group by contract_key, subject_name, found
),

broken as (
    select
        contract_key,
        sum(clause_count) as broken_count,
        min(started_at) as broken_since,
        string_agg(told, '; ' order by place asc) filter (where place <= 10) as told
    from numbered
    group by contract_key
),

judged as (
    select
        contracts.*,
        contracts.contract_id as subject_name,
        datasets.dataset_key,
        broken.broken_count,
        broken.broken_since,
        broken.told,
        as_of.as_of_at,
        case
            when not contracts.is_binding then 'not binding'
            when broken.broken_count > 0 then 'broken'
            when contracts.kept_clause_count > 0 then 'kept'
            else 'untested'
        end as state
    from contracts
    cross join as_of
    left join datasets on contracts.contract_key = datasets.contract_key
    left join broken on contracts.contract_key = broken.contract_key
),

final as (
    select
        {{ audit_subject('CT01', 'contract', 'judged') }},
        cast(case state when 'broken' then 'finding' when 'untested' then 'cannot_tell' else 'clear' end as text)
            as verdict,
        cast(
            case state
                when 'not binding' then 'It binds nobody: its status is ' || coalesce(contract_status, 'unknown') || '.'
                when 'broken' then broken_count || ' of ' || clause_count || ' clauses are broken: ' || told || '.'
                when 'kept'
                    then kept_clause_count || ' of ' || clause_count || ' clauses are kept, none is known to be broken.'
                else 'Nothing tells whether any of its ' || clause_count || ' clauses is kept.'
            end as text
        ) as reason,
        {{ json_object({
            'contract_version': 'contract_version',
            'clauses': 'clause_count',
            'broken_clauses': 'broken_count',
            'kept_clauses': 'kept_clause_count',
            'untested_clauses': 'untested_clause_count',
            'broken': 'told',
        }) }} as evidence,
        cast(broken_since as timestamp) as onset_at,
        cast(as_of_at as timestamp) as as_of_at
    from judged
)

select * from final

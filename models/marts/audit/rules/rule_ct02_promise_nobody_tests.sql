with
thresholds as (
    {{ subject_thresholds('CT02', ['window_days']) }}
),

contracts as (
    select * from {{ ref('dim_contracts_current') }}
    where not is_unknown and is_retired is not true
),

-- Schemas tell of what is structure, and what is due is measured; a rule of quality needs somebody who tests it.
clauses as (
    select clauses.*
    from {{ ref('dim_contract_clauses_current') }} as clauses
    left join {{ ref('int_contract_clauses__promised') }} as promised
        on clauses.contract_clause_version_key = promised.contract_clause_version_key
    where
        clauses.is_in_force
        and (
            clauses.clause_kind = 'quality'
            or clauses.clause_kind = 'service_level'
            and (clauses.clause_state <> 'untested' or promised.unmeasured_reason is not null)
        )
),

-- Where no check of anything is known, no feed tells of checks.
checked as (
    select count(*) as check_count from {{ ref('fct_check_activity') }}
    where execution_count > 0
),

as_of as (
    select * from {{ ref('int_sources__as_of') }}
    where source_name = '*'
),

tested as (
    select
        clauses.*,
        clauses.last_tested_at is not null
        and {{ seconds_between('clauses.last_tested_at', 'as_of.as_of_at') }} <= {{ threshold('window_days') }} * 86400
            as is_tested,
        row_number() over (
            partition by clauses.contract_key
            order by
                case when clauses.clause_state = 'untested' then 1 else 2 end asc,
                clauses.subject_name asc, clauses.contract_clause_key asc
        ) as place
    from clauses
    cross join as_of
    {{ join_thresholds('clauses.contract_key') }}
),

counted as (
    select
        contract_key,
        {{ only_key('dataset_key', 'true') }} as dataset_key,
        count(*) as testable_count,
        count(*) filter (where not is_tested) as untested_count,
        string_agg(
            subject_name || ' ' || coalesce(clause_name, clause_kind) || coalesce(' (' || expectation || ')', ''),
            ', ' order by place asc
        ) filter (where not is_tested and place <= 10) as untested
    from tested
    group by 1
),

judged as (
    select
        contracts.*,
        contracts.contract_id as subject_name,
        counted.dataset_key,
        counted.testable_count,
        counted.untested_count,
        counted.untested,
        {{ threshold('window_days') }} as window_days,
        as_of.as_of_at,
        case
            when not contracts.is_binding then 'not binding'
            when counted.contract_key is null then 'nothing to test'
            when counted.untested_count > 0 and checked.check_count = 0 then 'unheard'
            when counted.untested_count > 0 then 'untested'
            else 'tested'
        end as state
    from contracts
    cross join as_of
    {{ join_thresholds('contracts.contract_key') }}
    cross join checked
    left join counted on contracts.contract_key = counted.contract_key
),

final as (
    select
        {{ audit_subject('CT02', 'contract', 'judged') }},
        cast(case state when 'untested' then 'finding' when 'unheard' then 'cannot_tell' else 'clear' end as text)
            as verdict,
        cast(
            case state
                when 'not binding' then 'It binds nobody: its status is ' || coalesce(contract_status, 'unknown') || '.'
                when 'nothing to test' then 'It promises nothing that has to be tested.'
                when 'unheard' then 'No feed tells of checks, so that nobody knows who tests what it promises.'
                when 'untested'
                    then 'Nothing has tested ' || untested_count || ' of its ' || testable_count
                        || ' promises for ' || cast(window_days as integer) || ' days: ' || untested || '.'
                else 'Each of its ' || testable_count || ' promises was tested lately.'
            end as text
        ) as reason,
        {{ json_object({
            'contract_version': 'contract_version',
            'testable_clauses': 'testable_count',
            'untested_clauses': 'untested_count',
            'untested': 'untested',
            'window_days': json_number('window_days'),
        }) }} as evidence,
        cast(null as timestamp) as onset_at,
        cast(as_of_at as timestamp) as as_of_at
    from judged
)

select * from final

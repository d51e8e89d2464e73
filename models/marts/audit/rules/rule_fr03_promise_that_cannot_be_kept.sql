with
thresholds as (
    {{ audit_thresholds('FR03', ['window_days']) }}
),

as_of as (
    select * from {{ ref('int_sources__as_of') }}
    where source_name = '*'
),

contracts as (
    select * from {{ ref('dim_contracts_current') }}
    where not is_unknown and is_retired is not true
),

promises as (
    select
        *,
        row_number() over (
            partition by contract_key
            order by
                case state when 'impossible' then 1 when 'unknown' then 2 else 3 end asc,
                margin_seconds asc, service_level_name asc, contract_clause_version_key asc
        ) as badness
    from {{ ref('fct_contract_promises') }}
),

tallies as (
    select
        contract_key,
        {{ only_key('dataset_key', 'true') }} as dataset_key,
        count(*) as promise_count,
        count(*) filter (where state = 'impossible') as impossible_count
    from promises
    group by 1
),

judged as (
    select
        contracts.*,
        contracts.contract_id as subject_name,
        tallies.dataset_key,
        tallies.promise_count,
        tallies.impossible_count,
        worst.service_level_name,
        worst.unmeasured_reason,
        worst.last_begins_at,
        worst.last_due_at,
        worst.needed_seconds,
        worst.margin_seconds,
        case
            when worst.is_schedule
                then coalesce(worst.pipeline_name, 'a pipeline') || ', whose work it waits for, begins at '
            else worst.upstream_dataset_name || ', which it is made from, is itself promised for '
        end as beginning,
        thresholds.window_days,
        as_of.as_of_at,
        case
            when not contracts.is_binding then 'not binding'
            else coalesce(worst.state, 'no promise')
        end as state
    from contracts
    cross join as_of
    cross join thresholds
    left join tallies on contracts.contract_key = tallies.contract_key
    left join promises as worst on contracts.contract_key = worst.contract_key and worst.badness = 1
),

final as (
    select
        {{ audit_subject('FR03', 'contract', 'judged') }},
        cast(
            case state when 'impossible' then 'finding' when 'unknown' then 'cannot_tell' else 'clear' end as text
        ) as verdict,
        cast(
            case state
                when 'not binding' then 'It binds nobody: its status is ' || coalesce(contract_status, 'unknown') || '.'
                when 'no promise' then 'It promises no time by which anything is there.'
                when 'impossible'
                    then service_level_name || ' promises it for ' || cast(date_trunc('second', last_due_at) as text)
                        || '; ' || beginning || cast(date_trunc('second', last_begins_at) as text) || ', and needs '
                        || cast(cast(ceiling(needed_seconds / 60) as bigint) as text) || ' minutes in 95 % of runs: '
                        || cast(cast(ceiling(-margin_seconds / 60) as bigint) as text) || ' minutes are short.'
                when 'unknown'
                    then 'Of ' || service_level_name || ' nobody knows '
                        || coalesce(
                            'when it is due: ' || unmeasured_reason, 'when its work begins and how long it takes'
                        ) || '.'
                else 'Each of its ' || promise_count || ' promises leaves the time that is needed, and '
                    || cast(cast(floor(margin_seconds / 60) as bigint) as text) || ' minutes.'
            end as text
        ) as reason,
        {{ json_object({
            'contract_version': 'contract_version',
            'promises': 'coalesce(promise_count, 0)',
            'impossible_promises': 'coalesce(impossible_count, 0)',
            'promise': 'service_level_name',
            'due_at': "cast(date_trunc('second', last_due_at) as text)",
            'begins_at': "cast(date_trunc('second', last_begins_at) as text)",
            'needed_seconds': json_number('needed_seconds'),
            'margin_seconds': json_number('margin_seconds'),
            'window_days': json_number('window_days'),
        }) }} as evidence,
        cast(null as timestamp) as onset_at,
        cast(as_of_at as timestamp) as as_of_at
    from judged
)

select * from final

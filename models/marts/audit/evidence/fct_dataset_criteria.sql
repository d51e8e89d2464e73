with

service_levels as (
    select * from {{ ref('dim_service_levels_current') }}
    where valid_to = cast('9999-12-31' as timestamp) and not is_unknown and not is_retired
),

-- The last word on each promise of an age or a delivery that is still in force.
promises as (
    select
        service_levels.dataset_key,
        service_levels.service_level_name as witness,
        slices.state,
        row_number() over (partition by slices.service_level_key order by slices.slice_at desc) as place
    from {{ ref('fct_service_level_slices') }} as slices
    inner join service_levels on slices.service_level_key = service_levels.service_level_key
    union all
    select
        service_levels.dataset_key,
        service_levels.service_level_name as witness,
        deliveries.state,
        row_number() over (partition by deliveries.service_level_key order by deliveries.expected_at desc) as place
    from {{ ref('fct_deliveries') }} as deliveries
    inner join service_levels on deliveries.service_level_key = service_levels.service_level_key
    where deliveries.dataset_key <> {{ unknown_key() }} and deliveries.state <> 'pending'
),

checks as (
    select
        results.dataset_key,
        checks.check_name as witness,
        results.outcome as state,
        row_number() over (
            partition by results.check_key order by results.executed_at desc, results.check_result_key asc
        ) as place
    from {{ ref('fct_check_results') }} as results
    inner join {{ ref('dim_checks') }} as checks on results.check_key = checks.check_key
    where
        results.outcome in ('pass', 'warn', 'fail') and results.executed_at is not null
        and checks.check_type not in ('source freshness', 'unit test')
),

clauses as (
    select distinct dataset_key
    from {{ ref('dim_contract_clauses_current') }}
    where is_in_force
),

writers as (
    select
        writers.dataset_key,
        writers.pipeline_name as witness,
        coalesce(results.verdict, 'cannot_tell') as state
    from {{ ref('bridge_dataset_writers') }} as writers
    left join {{ ref('fct_audit_results') }} as results
        on writers.pipeline_key = results.subject_key and results.rule_id = 'AL01'
    where writers.is_active
),

answers as (
    select
        dataset_key,
        'fresh' as criterion,
        witness,
        case when state in ('bad', 'missed') then 'no' when state in ('good', 'kept', 'late') then 'yes' end as answer
    from promises
    where place = 1
    union all
    select
        dataset_key,
        'valid' as criterion,
        witness,
        case when state = 'pass' then 'yes' else 'no' end as answer
    from checks
    where place = 1
    union all
    select
        dataset_key,
        'promised' as criterion,
        service_level_name as witness,
        'yes' as answer
    from service_levels
    union all
    select
        dataset_key,
        'promised' as criterion,
        'a contract' as witness,
        'yes' as answer
    from clauses
    union all
    select
        dataset_key,
        'alerted' as criterion,
        witness,
        case state when 'finding' then 'no' when 'clear' then 'yes' end as answer
    from writers
),

final as (
    select
        cast(dataset_key as uuid) as dataset_key,
        cast(criterion as text) as criterion,
        cast(count(*) filter (where answer = 'yes') as bigint) as yes_count,
        cast(count(*) filter (where answer = 'no') as bigint) as no_count,
        cast(count(*) filter (where answer is null) as bigint) as cannot_tell_count,
        cast(
            string_agg(distinct witness, ', ' order by witness) filter (where answer = 'no') as text
        ) as no_witnesses
    from answers
    where dataset_key <> {{ unknown_key() }}
    group by 1, 2
)

select * from final

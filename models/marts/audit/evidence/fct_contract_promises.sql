with

thresholds as (

    {{ audit_thresholds('FR03', ['minimum_deliveries', 'minimum_runs']) }}

),

promises as (

    select * from {{ ref('bridge_delivery_promises') }}

),

-- Of several promises of what it is made from, the first that is due says when that is there.
margins as (

    select
        margins.*,
        margins.is_schedule and margins.run_count >= thresholds.minimum_runs as is_known,
        row_number() over (
            partition by margins.service_level_key, margins.upstream_dataset_key, margins.is_schedule
            order by margins.margin_seconds desc, margins.promise_margin_key asc
        ) as place
    from {{ ref('fct_promise_margins') }} as margins
    cross join thresholds
    where margins.delivery_count >= thresholds.minimum_deliveries

),

ranked as (

    select
        *,
        bool_or(is_known) over (partition by service_level_key) as is_judged,
        row_number() over (
            partition by service_level_key order by margin_seconds asc, promise_margin_key asc
        ) as badness
    from margins
    where place = 1

),

final as (

    select
        cast(promises.contract_clause_version_key as uuid) as contract_clause_version_key,
        cast(promises.contract_key as uuid) as contract_key,
        cast(promises.service_level_key as uuid) as service_level_key,
        cast(promises.dataset_key as uuid) as dataset_key,
        cast(promises.service_level_name as text) as service_level_name,
        cast(promises.unmeasured_reason as text) as unmeasured_reason,
        cast(ranked.is_schedule as boolean) as is_schedule,
        cast(ranked.upstream_dataset_name as text) as upstream_dataset_name,
        cast(ranked.pipeline_name as text) as pipeline_name,
        cast(ranked.last_begins_at as timestamp) as last_begins_at,
        cast(ranked.last_due_at as timestamp) as last_due_at,
        cast(ranked.needed_seconds as double precision) as needed_seconds,
        cast(ranked.margin_seconds as double precision) as margin_seconds,
        cast(
            case
                when ranked.margin_seconds < 0 then 'impossible'
                when ranked.is_judged then 'possible'
                else 'unknown'
            end as text
        ) as state
    from promises
    left join ranked on promises.service_level_key = ranked.service_level_key and ranked.badness = 1

)

select * from final

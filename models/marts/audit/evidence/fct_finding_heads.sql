with recursive

-- Each finding hangs on one cause only, so that its ways up do not multiply.
causes as (

    select
        finding_key,
        cause_finding_key
    from {{ ref('bridge_finding_causes') }}
    where cause_number = 1

),

-- The union ends a way that comes round.
ways as (

    select
        finding_key,
        cause_finding_key
    from causes
    union
    select
        ways.finding_key,
        causes.cause_finding_key
    from ways
    inner join causes on ways.cause_finding_key = causes.finding_key

),

final as (

    select
        cast(ways.finding_key as uuid) as finding_key,
        cast(ways.cause_finding_key as uuid) as explained_by_finding_key
    from ways
    left join causes on ways.cause_finding_key = causes.finding_key
    where causes.finding_key is null

)

select * from final

with

-- In a graph without cycles, more comes before what is further downstream.
heights as (

    select
        effect_in as located_in,
        count(*) as height
    from {{ ref('bridge_finding_places') }}
    group by 1

),

findings as (

    select
        episodes.*,
        heights.height
    from {{ ref('fct_finding_episodes') }} as episodes
    inner join heights on episodes.located_in = heights.located_in
    where episodes.status <> 'closed'

),

-- Who waives a cause has not accepted what follows from it.
causes as (

    select * from findings
    where status = 'open'

),

-- Of two rules that may each cause the other, and of one that may cause itself, the earlier finding is the cause.
pairs as (

    select
        pairs.cause_rule_id,
        pairs.effect_rule_id,
        pairs.within_hours,
        reverse.cause_rule_id is not null as is_mutual
    from {{ ref('audit_causes') }} as pairs
    left join {{ ref('audit_causes') }} as reverse
        on
            pairs.cause_rule_id = reverse.effect_rule_id
            and pairs.effect_rule_id = reverse.cause_rule_id

),

candidates as (

    select
        effects.finding_key,
        causes.finding_key as cause_finding_key,
        places.depth,
        causes.opened_at as cause_opened_at,
        pairs.is_mutual,
        causes.height as cause_height,
        effects.height as effect_height,
        effects.opened_at = causes.opened_at as is_simultaneous,
        {{ seconds_between('causes.opened_at', 'effects.opened_at') }} as delay_seconds,
        coalesce(pairs.within_hours * 3600, {{ seconds_between('causes.opened_at', 'effects.opened_at') }})
            as most_delay_seconds
    from causes
    inner join pairs on causes.rule_id = pairs.cause_rule_id
    inner join {{ ref('bridge_finding_places') }} as places on causes.located_in = places.cause_in
    inner join findings as effects
        on
            places.effect_in = effects.located_in
            and pairs.effect_rule_id = effects.rule_id
    -- What may have begun at any time cannot be told to have begun after its cause.
    where effects.has_onset and (places.depth > 0 or causes.rule_id <> effects.rule_id)

),

ordered as (

    select *
    from candidates
    where
        delay_seconds between 0 and most_delay_seconds
        and (
            not is_mutual
            or not is_simultaneous
            or cause_height < effect_height
            or (cause_height = effect_height and cause_finding_key < finding_key)
        )

),

final as (

    select
        {{ surrogate_key(['finding_key', 'cause_finding_key']) }} as finding_cause_key,
        cast(finding_key as uuid) as finding_key,
        cast(cause_finding_key as uuid) as cause_finding_key,
        cast(depth as integer) as depth,
        -- The furthest upstream comes first.
        cast(
            row_number() over (
                partition by finding_key
                order by depth desc, cause_opened_at asc, cause_height asc, cause_finding_key asc
            ) as bigint
        ) as cause_number
    from ordered

)

select * from final

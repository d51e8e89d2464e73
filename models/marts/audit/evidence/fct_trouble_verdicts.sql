with

troubles as (

    select * from {{ ref('fct_troubles') }}

),

told as (

    select * from {{ ref('fct_trouble_sources') }}

),

listeners as (

    select * from {{ ref('fct_trouble_listeners') }}

),

words as (

    select
        trouble_key,
        sum(own_count) as own_count,
        sum(explaining_count) as explaining_count,
        sum(ambiguous_count) as ambiguous_count,
        (array_agg(told_by order by case when own_count > 0 then 1 else 2 end, told_at asc, source_name asc) filter (
            where told_at is not null
        ))[1] as told_by,
        (array_agg(told_at order by case when own_count > 0 then 1 else 2 end, told_at asc, source_name asc) filter (
            where told_at is not null
        ))[1] as told_at,
        min(told_late_at) as told_late_at
    from told
    group by 1

),

judged as (

    select
        troubles.*,
        words.told_by,
        words.told_at,
        words.told_late_at,
        listeners.silent_own_sources,
        case
            when words.own_count > 0 then 'told'
            when words.explaining_count > 0 then 'explained'
            when troubles.as_of_at < troubles.tell_by_at then 'too early'
            when words.ambiguous_count > 0 then 'ambiguous'
            when coalesce(listeners.source_count, 0) = 0 then 'no source'
            when listeners.silent_own_sources is not null then 'silent source'
            when listeners.own_source_count = 0 and listeners.listening_count = 0 then 'silent sources'
            else 'untold'
        end as outcome
    from troubles
    left join words on troubles.trouble_key = words.trouble_key
    left join listeners on troubles.trouble_key = listeners.trouble_key

),

final as (

    select
        cast(trouble_key as uuid) as trouble_key,
        cast(rule_id as text) as rule_id,
        cast(subject_key as uuid) as subject_key,
        cast(outcome as text) as outcome,
        cast(
            case
                when outcome in ('told', 'explained') then 'clear'
                when outcome = 'untold' then 'finding'
                else 'cannot_tell'
            end as text
        ) as verdict,
        cast(
            case outcome
                when 'told' then 'it was told: ' || rtrim(told_by, '.')
                when 'explained' then 'what it is made from was told of: ' || rtrim(told_by, '.')
                when 'too early' then 'the time to tell of it is not over'
                when 'ambiguous' then 'what was told then fits several names'
                when 'no source' then 'no alerts or incidents are loaded'
                when 'silent source' then silent_own_sources || ' told of it before, and was silent then'
                when 'silent sources' then 'every source of alerts was silent then'
                else concat('nobody was told', ' before ' || cast(date_trunc('second', told_late_at) as text))
            end as text
        ) as words,
        cast(told_by as text) as told_by,
        cast(told_at as timestamp) as told_at,
        cast(told_late_at as timestamp) as told_late_at,
        cast(onset_at as timestamp) as onset_at,
        cast(tell_by_at as timestamp) as tell_by_at,
        cast(as_of_at as timestamp) as as_of_at
    from judged

)

select * from final

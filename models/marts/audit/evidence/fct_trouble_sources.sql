with

thresholds as (

    {{ subject_thresholds('AL02', ['lead_minutes', 'own_source_days']) }}

),

troubles as (

    select * from {{ ref('fct_troubles') }}

),

tellings as (

    select * from {{ ref('bridge_tellings') }}

),

-- Whatever may tell of the trouble: of what it concerns, of what that is made from, or of the task itself.
concerns as (

    select
        troubles.trouble_key,
        explanations.told_of,
        explanations.is_own
    from troubles
    inner join {{ ref('bridge_explanations') }} as explanations on troubles.concern_of = explanations.subject_key
    union all
    select
        trouble_key,
        task_key as told_of,
        true as is_own
    from troubles
    where task_key <> {{ unknown_key() }}

),

heard as (

    select
        troubles.trouble_key,
        tellings.*,
        concerns.is_own,
        tellings.told_at <= troubles.tell_by_at
        and tellings.told_until >= troubles.tell_from_at - {{ threshold('lead_minutes') }} * interval '1 minute'
            as is_in_time,
        tellings.told_at > troubles.tell_by_at as is_late
    from troubles
    {{ join_thresholds("case when troubles.rule_id = 'AL02' then troubles.concern_of end") }}
    inner join concerns on troubles.trouble_key = concerns.trouble_key
    inner join tellings on concerns.told_of = tellings.told_of
    where
        troubles.as_of_at >= tellings.told_at
        and tellings.told_at >= troubles.onset_at - {{ threshold('own_source_days') }} * interval '1 day'
        and (troubles.is_told_by_pipelines or tellings.told_type <> 'pipeline')

),

final as (

    select
        cast(trouble_key as uuid) as trouble_key,
        cast(source_name as text) as source_name,
        cast(count(*) filter (where is_in_time and is_own and not is_ambiguous) as bigint) as own_count,
        cast(count(*) filter (where is_in_time and not is_own and not is_ambiguous) as bigint) as explaining_count,
        cast(count(*) filter (where is_in_time and is_ambiguous) as bigint) as ambiguous_count,
        cast(
            (array_agg(title order by is_own desc, told_at asc, telling_key asc) filter (
                where is_in_time and not is_ambiguous
            ))[1] as text
        ) as told_by,
        cast(
            (array_agg(told_at order by is_own desc, told_at asc, telling_key asc) filter (
                where is_in_time and not is_ambiguous
            ))[1] as timestamp
        ) as told_at,
        cast(min(told_at) filter (where is_late and is_own and not is_ambiguous) as timestamp) as told_late_at,
        -- Who told of it lately would tell of it again.
        cast(coalesce(bool_or(is_own and not is_late and tool <> 'airflow'), false) as boolean) as is_own_source
    from heard
    group by trouble_key, source_name

)

select * from final

with

configured as (

    select * from {{ ref('int_teams__configured') }}

),

-- Where a build of earlier days came after later ones, the version that it took back has no length, and its predecessor
-- ends where the older one begins.
ranked as (

    select
        *,
        row_number() over (partition by team_key, dbt_valid_from order by dbt_valid_to desc) as preference
    from {{ ref('snap_registry__teams') }}
    where dbt_valid_to > dbt_valid_from

),

numbered as (

    select
        *,
        row_number() over (partition by team_key order by dbt_valid_from) as version_number,
        lead(dbt_valid_from) over (partition by team_key order by dbt_valid_from) as next_valid_from
    from ranked
    where preference = 1

),

final as (

    select
        cast(configured.team_key as uuid) as team_key,
        cast(
            case when numbered.version_number = 1 then cast('1900-01-01' as timestamp) else numbered.dbt_valid_from end
            as timestamp
        ) as valid_from,
        cast(coalesce(numbered.next_valid_from, numbered.dbt_valid_to) as timestamp) as valid_to,
        cast(numbered.next_valid_from is null as boolean) as is_current,
        cast(configured.team_name as text) as team_name,
        cast(configured.aliases as text) as aliases,
        cast(numbered.domain as text) as domain,
        cast(numbered.tier as integer) as tier,
        cast(numbered.channel as text) as channel,
        cast(numbered.on_call as text) as on_call
    from configured
    inner join numbered on configured.team_key = numbered.team_key

)

select * from final

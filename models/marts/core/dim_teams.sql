with

teams as (

    select * from {{ ref('int_teams__resolved') }}

),

registry as (

    select * from {{ ref('registry_teams') }}

),

named as (

    select
        team_key,
        team_name,
        owner_name
    from teams
    where team_name is not null
    union all
    select
        {{ surrogate_key(['team']) }} as team_key,
        team as team_name,
        cast(null as text) as owner_name
    from registry

),

folded as (

    select
        team_key,
        team_name,
        string_agg(distinct owner_name, ', ' order by owner_name) as aliases
    from named
    group by 1, 2

),

members as (

    select
        folded.team_key,
        folded.team_name,
        folded.aliases,
        registry.domain,
        registry.tier,
        registry.channel,
        registry.on_call,
        false as is_unknown
    from folded
    left join registry on folded.team_name = registry.team
    union all
    select
        {{ unknown_key() }} as team_key,
        'unknown' as team_name,
        cast(null as text) as aliases,
        cast(null as text) as domain,
        cast(null as integer) as tier,
        cast(null as text) as channel,
        cast(null as text) as on_call,
        true as is_unknown

),

final as (

    select
        cast(team_key as uuid) as team_key,
        cast(team_name as text) as team_name,
        cast(aliases as text) as aliases,
        cast(domain as text) as domain,
        cast(tier as integer) as tier,
        cast(channel as text) as channel,
        cast(on_call as text) as on_call,
        cast(is_unknown as boolean) as is_unknown,
        cast(false as boolean) as is_retired
    from members

)

select * from final

with

teams as (

    select * from {{ ref('int_teams__resolved') }}
    where team_name is not null

),

registry as (

    select * from {{ ref('registry_teams') }}

),

as_of as (

    select as_of_at
    from {{ ref('int_sources__as_of') }}
    where source_name = '*'

),

named as (

    select
        team_key,
        team_name,
        owner_name
    from teams
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

final as (

    select
        cast(folded.team_key as uuid) as team_key,
        cast(folded.team_name as text) as team_name,
        cast(folded.aliases as text) as aliases,
        cast(registry.domain as text) as domain,
        cast(registry.tier as integer) as tier,
        cast(registry.channel as text) as channel,
        cast(registry.on_call as text) as on_call,
        cast(coalesce(as_of.as_of_at, cast('1900-01-01' as timestamp)) as timestamp) as observed_at
    from folded
    cross join as_of
    left join registry on folded.team_name = registry.team

)

select * from final

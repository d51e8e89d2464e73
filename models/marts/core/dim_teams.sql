with

teams as (

    select * from {{ ref('int_teams__resolved') }}

),

members as (

    select
        team_key,
        team_name,
        string_agg(distinct owner_name, ', ' order by owner_name) as aliases,
        false as is_unknown
    from teams
    where team_name is not null
    group by 1, 2
    union all
    select
        {{ unknown_key() }} as team_key,
        'unknown' as team_name,
        cast(null as text) as aliases,
        true as is_unknown

),

final as (

    select
        cast(team_key as uuid) as team_key,
        cast(team_name as text) as team_name,
        cast(aliases as text) as aliases,
        cast(is_unknown as boolean) as is_unknown,
        cast(false as boolean) as is_retired
    from members

)

select * from final

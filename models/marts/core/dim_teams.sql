with

teams as (

    select * from {{ ref('int_teams__versioned') }}

),

members as (

    select
        team_key,
        valid_from,
        valid_to,
        is_current,
        team_name,
        aliases,
        domain,
        tier,
        channel,
        on_call,
        false as is_unknown
    from teams
    union all
    select
        {{ unknown_key() }} as team_key,
        cast('1900-01-01' as timestamp) as valid_from,
        cast('9999-12-31' as timestamp) as valid_to,
        true as is_current,
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
        {{ version_key('team_key') }} as team_version_key,
        cast(team_key as uuid) as team_key,
        cast(valid_from as timestamp) as valid_from,
        cast(valid_to as timestamp) as valid_to,
        cast(is_current as boolean) as is_current,
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

{{ config(materialized='table') }}

with

owners as (

    select * from {{ ref('int_owners__listed') }}

),

aliases as (

    select * from {{ ref('team_aliases') }}

),

positions as (

    select generated_number from ({{ dbt.generate_series(5) }}) as numbers

),

-- A list of owners stands for its first that is somebody; the others are its aliases in dim_teams.
parts as (

    select
        owners.owner_name,
        trim(split_part(owners.owner_name, ',', cast(positions.generated_number as integer))) as owner_part,
        positions.generated_number as owner_position
    from owners
    cross join positions

),

folded as (

    select
        parts.owner_name,
        parts.owner_position,
        case when aliases.alias is null then parts.owner_part else aliases.team_name end as team_name
    from parts
    left join aliases on lower(parts.owner_part) = aliases.alias
    where parts.owner_part <> ''

),

ranked as (

    select
        owner_name,
        team_name,
        row_number() over (
            partition by owner_name
            order by case when team_name is null then 1 else 0 end, owner_position
        ) as choice
    from folded

),

final as (

    select
        cast(owner_name as text) as owner_name,
        cast(team_name as text) as team_name,
        case
            when team_name is null then {{ unknown_key() }}
            else {{ surrogate_key(['team_name']) }}
        end as team_key
    from ranked
    where choice = 1

)

select * from final

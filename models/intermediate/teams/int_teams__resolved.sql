{{ config(materialized='table') }}

with

airflow_dags as (

    select * from {{ ref('int_airflow_dags__versioned') }}

),

airflow_tasks as (

    select * from {{ ref('int_airflow_tasks__versioned') }}

),

dbt_nodes as (

    select * from {{ ref('int_dbt_nodes__current') }}

),

dbt_projects as (

    select * from {{ ref('int_dbt_projects__configured') }}

),

openlineage_runs as (

    select * from {{ ref('int_openlineage_runs__identified') }}

),

event_datasets as (

    select * from {{ ref('stg_openlineage__event_datasets') }}

),

aliases as (

    select * from {{ ref('team_aliases') }}

),

owners as (

    select owner as owner_name from airflow_dags
    union
    select owner as owner_name from airflow_tasks
    union
    select owner_name from dbt_nodes
    union
    select group_name as owner_name from dbt_nodes
    union
    select owner_name from dbt_projects
    union
    select owners as owner_name from openlineage_runs
    union
    select owners as owner_name from event_datasets

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
    where owners.owner_name is not null

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

with

in_force as (

    select * from {{ ref('dim_exposures') }}
    where not is_unknown and is_retired is not true

),

in_force_datasets as (

    select * from {{ ref('bridge_exposure_datasets') }}

),

exposures as (

    select * from {{ ref('int_exposures__defined') }}

),

exposure_nodes as (

    select * from {{ ref('int_exposure_nodes__walked') }}

),

teams as (

    select * from {{ ref('dim_teams_current') }}

),

tasks as (

    select * from {{ ref('dim_tasks_current') }}
    where
        platform = 'dbt'
        and is_retired is not true
        and task_name in (select exposure_nodes.node_unique_id from exposure_nodes)

),

writes as (

    select distinct
        task_key,
        dataset_key
    from {{ ref('fct_dataset_writes') }}
    where task_key in (select tasks.task_key from tasks)

),

-- A manifest of another target names other relations: what a node is, is known by who last made it.
unioned as (

    select
        in_force.subject_name,
        in_force.team_key,
        in_force_datasets.dataset_key
    from in_force
    inner join in_force_datasets on in_force.exposure_key = in_force_datasets.exposure_key
    union all
    select
        exposures.subject_name,
        teams.team_key,
        writes.dataset_key
    from exposures
    inner join exposure_nodes
        on exposures.source_name = exposure_nodes.source_name and exposures.unique_id = exposure_nodes.unique_id
    inner join tasks on exposure_nodes.node_unique_id = tasks.task_name
    inner join writes on tasks.task_key = writes.task_key
    left join teams on exposures.owner_name = teams.team_name

),

final as (

    select
        cast(subject_name as text) as subject_name,
        cast(dataset_key as uuid) as dataset_key,
        cast(min(cast(team_key as text)) as uuid) as team_key
    from unioned
    group by 1, 2

)

select * from final

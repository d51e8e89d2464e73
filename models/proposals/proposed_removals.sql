with

tasks as (

    select * from {{ ref('dim_tasks_current') }}
    where platform = 'dbt' and not is_inferred and is_retired is not true

),

nodes as (

    select * from {{ ref('int_dbt_nodes__current') }}

),

contracts as (

    select * from {{ ref('proposed_contracts') }}
    where contract_standard = 'dbt'

),

datasets as (

    select * from {{ ref('dim_datasets_current') }}
    where not is_unknown

),

-- A manifest holds its whole project. What has a contract goes with the contract.
gone as (

    select
        tasks.task_key,
        tasks.task_name
    from tasks
    left join nodes on tasks.pipeline_name = nodes.project_name and tasks.task_name = nodes.unique_id
    left join contracts on tasks.task_name = contracts.contract_id
    where
        tasks.pipeline_name in (select projects.project_name from nodes as projects)
        and nodes.unique_id is null
        and contracts.proposed_contract_key is null

),

writes as (

    select distinct
        task_key,
        dataset_key
    from {{ ref('fct_dataset_writes') }}
    where task_key in (select gone.task_key from gone)

),

final as (

    select distinct
        cast(gone.task_name as text) as unique_id,
        cast(datasets.dataset_key as uuid) as dataset_key
    from gone
    left join writes on gone.task_key = writes.task_key
    left join datasets on writes.dataset_key = datasets.dataset_key

)

select * from final

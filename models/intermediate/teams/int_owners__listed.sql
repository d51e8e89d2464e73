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

datasets as (

    select * from {{ ref('int_openlineage_datasets__described') }}

),

contracts as (

    select * from {{ ref('stg_odcs__contracts') }}

),

alert_rules as (

    select * from {{ ref('int_alert_rules__versioned') }}

),

unioned as (

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
    select owners as owner_name from datasets
    union
    select team_name as owner_name from contracts
    union
    select owner as owner_name from alert_rules

),

final as (

    select cast(owner_name as text) as owner_name
    from unioned
    where owner_name is not null

)

select * from final

with

writes as (

    select * from {{ ref('int_dataset_writes__resolved') }}

),

task_attempts as (

    select * from {{ ref('int_task_attempts__resolved') }}

),

freshness_results as (

    select * from {{ ref('stg_dbt__source_freshness_results') }}

),

dbt_nodes as (

    select * from {{ ref('int_dbt_nodes__current') }}

),

relations as (

    select * from {{ ref('int_dbt_relations__named') }}

),

datasets as (

    select * from {{ ref('int_datasets__resolved') }}

),

unioned as (

    select
        dataset_key,
        source_name,
        written_at as updated_at
    from writes
    where is_successful and written_at is not null
    union
    -- Where lineage lost the end, the scheduler may know that it went well.
    select
        writes.dataset_key,
        writes.source_name,
        coalesce(task_attempts.ended_at, writes.written_at) as updated_at
    from writes
    inner join task_attempts on writes.task_attempt_key = task_attempts.task_attempt_key
    where
        writes.is_successful is null
        and task_attempts.state = 'success'
        and coalesce(task_attempts.ended_at, writes.written_at) is not null
    union
    select
        datasets.dataset_key,
        freshness_results.source_name,
        freshness_results.max_loaded_at as updated_at
    from freshness_results
    inner join dbt_nodes
        on
            freshness_results.source_name = dbt_nodes.source_name
            and freshness_results.unique_id = dbt_nodes.unique_id
    inner join relations
        on
            dbt_nodes.source_name = relations.source_name
            and dbt_nodes.relation_key = relations.relation_key
    inner join datasets
        on
            relations.dataset_namespace = datasets.dataset_namespace
            and relations.dataset_name = datasets.dataset_name
    where freshness_results.max_loaded_at is not null

),

final as (

    select
        cast(dataset_key as uuid) as dataset_key,
        cast(source_name as text) as source_name,
        cast(updated_at as timestamp) as updated_at
    from unioned

)

select * from final

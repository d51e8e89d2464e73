{{ config(materialized='table') }}

with

lineage_datasets as (

    select * from {{ ref('int_openlineage_datasets__described') }}

),

airflow_writes as (

    select * from {{ ref('int_dataset_writes__from_airflow') }}

),

dbt_writes as (

    select * from {{ ref('int_dataset_writes__from_dbt') }}

),

airflow_reads as (

    select * from {{ ref('int_dataset_reads__from_airflow') }}

),

dbt_reads as (

    select * from {{ ref('int_dataset_reads__from_dbt') }}

),

dbt_schemas as (

    select * from {{ ref('int_dataset_schemas__from_dbt') }}

),

dbt_checks as (

    select * from {{ ref('int_checks__from_dbt') }}

),

contract_objects as (

    select * from {{ ref('int_contract_objects__placed') }}

),

contracts as (

    select * from {{ ref('stg_odcs__contracts') }}

),

unioned as (

    select
        dataset_namespace,
        dataset_name,
        feed,
        min(source_name) as source_name,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from lineage_datasets
    group by 1, 2, 3
    {% for relation, seen_at in [
        ('airflow_writes', 'occurred_at'), ('dbt_writes', 'occurred_at'), ('airflow_reads', 'occurred_at'),
        ('dbt_reads', 'occurred_at'), ('dbt_schemas', 'seen_at'), ('dbt_checks', 'first_defined_at')
    ] -%}
        union all
        select
            dataset_namespace,
            dataset_name,
            feed,
            min(source_name) as source_name,
            min({{ seen_at }}) as first_seen_at,
            max({{ seen_at }}) as last_seen_at
        from {{ relation }}
        where dataset_name is not null
        group by 1, 2, 3
    {% endfor %}
    union all
    select
        contract_objects.dataset_namespace,
        contract_objects.dataset_name,
        'odcs' as feed,
        min(contracts.source_name) as source_name,
        min(contracts.loaded_at) as first_seen_at,
        max(contracts.loaded_at) as last_seen_at
    from contract_objects
    inner join contracts on contract_objects.document_key = contracts.document_key
    group by 1, 2, 3

),

final as (

    select
        cast(dataset_namespace as text) as dataset_namespace,
        cast(dataset_name as text) as dataset_name,
        cast(feed as text) as feed,
        cast(min(source_name) as text) as source_name,
        cast(min(first_seen_at) as timestamp) as first_seen_at,
        cast(max(last_seen_at) as timestamp) as last_seen_at
    from unioned
    group by 1, 2, 3

)

select * from final

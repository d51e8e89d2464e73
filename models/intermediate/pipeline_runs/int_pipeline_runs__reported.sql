{{ config(materialized='table') }}

{%- set previous = previous_build_of('int_pipeline_runs__reported', ['fingerprint', 'increment']) %}
{%- set relations = [
    'int_pipeline_runs__from_airflow', 'int_task_attempts__from_airflow', 'int_dataset_writes__from_airflow',
    'int_dataset_reads__from_airflow', 'int_pipeline_runs__from_dbt', 'int_task_attempts__from_dbt',
    'int_dataset_writes__from_dbt', 'int_dataset_reads__from_dbt', 'int_check_results__from_dbt'
] %}

with

told as (

    {% for relation in relations -%}
        {{ 'union all' if not loop.first }}
        select
            {{ pipeline_run_key() }} as pipeline_run_key,
            {{ row_hash('row_of_it') }} * {{ loop.index }} as row_hash
        from {{ ref(relation) }} as row_of_it
    {% endfor %}

),

-- A sum needs no order of the rows, and no memory for them. A row that is told by another of the relations weighs
-- another number of times.
now as (

    select
        pipeline_run_key,
        cast(sum(row_hash) as text) || '/' || count(*) as fingerprint
    from told
    group by 1

),

before as (

    {{ previous_rows(previous, {'pipeline_run_key': 'uuid', 'fingerprint': 'text', 'increment': 'bigint'}) }}

),

-- A run that is reported no more stays here, without a fingerprint, until every model knows.
compared as (

    select
        coalesce(now.pipeline_run_key, before.pipeline_run_key) as pipeline_run_key,
        now.fingerprint,
        before.fingerprint as fingerprint_before,
        before.increment as increment_before
    from now
    full outer join before on now.pipeline_run_key = before.pipeline_run_key

),

final as (

    select
        cast(pipeline_run_key as uuid) as pipeline_run_key,
        cast(fingerprint as text) as fingerprint,
        cast(
            case
                when increment_before is not null and fingerprint is not distinct from fingerprint_before
                    then increment_before
                else {{ next_increment() }}
            end as bigint
        ) as increment
    from compared
    where fingerprint is not null or fingerprint_before is not null or increment_before > {{ built_by_all() }}

)

select * from final

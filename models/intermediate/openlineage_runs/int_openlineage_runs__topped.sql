{%- set deepest = 30 %}

with recursive

runs as (

    select
        *,
        case when run_kind = 'other' then parent_run_id end as followed_run_id
    from {{ ref('int_openlineage_runs__merged') }}
    where {{ is_of_touched_family() }}

),

-- Airflow and dbt say what a run belongs to; only what others started has to be followed upwards.
parents as (

    select
        source_name,
        followed_run_id as parent_run_id,
        max(parent_job_namespace) as job_namespace,
        max(parent_job_name) as job_name
    from runs
    where followed_run_id is not null
    group by 1, 2

),

-- The depth ends circles that do not come back to where they began.
ancestors as (

    select
        source_name,
        parent_run_id,
        parent_run_id as ancestor_run_id,
        job_namespace,
        job_name,
        1 as depth
    from parents

    union all

    select
        ancestors.source_name,
        ancestors.parent_run_id,
        runs.parent_run_id as ancestor_run_id,
        runs.parent_job_namespace as job_namespace,
        runs.parent_job_name as job_name,
        ancestors.depth + 1 as depth
    from ancestors
    inner join runs
        on ancestors.source_name = runs.source_name and ancestors.ancestor_run_id = runs.run_id
    where
        runs.parent_run_id is not null
        and runs.parent_run_id not in (runs.run_id, ancestors.parent_run_id)
        and runs.run_kind not in ('airflow_dag_run', 'dbt_invocation')
        and ancestors.depth < {{ deepest }}

),

tops as (

    select
        source_name,
        parent_run_id,
        max(depth) as depth
    from ancestors
    group by 1, 2

),

final as (

    select
        ancestors.source_name,
        ancestors.parent_run_id,
        ancestors.ancestor_run_id as top_run_id,
        coalesce(runs.job_namespace, ancestors.job_namespace) as top_job_namespace,
        coalesce(runs.job_name, ancestors.job_name) as top_job_name,
        runs.run_id is not null as is_known
    from ancestors
    inner join tops
        on
            ancestors.source_name = tops.source_name
            and ancestors.parent_run_id = tops.parent_run_id
            and ancestors.depth = tops.depth
    left join runs
        on ancestors.source_name = runs.source_name and ancestors.ancestor_run_id = runs.run_id

)

select * from final

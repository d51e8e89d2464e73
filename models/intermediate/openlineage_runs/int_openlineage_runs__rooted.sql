with

runs as (

    select
        *,
        case when run_kind = 'other' then parent_run_id end as followed_run_id
    from {{ ref('int_openlineage_runs__merged') }}
    where {{ is_of_touched_family(rebuilt_only=true) }}

),

tops as (

    select * from {{ ref('int_openlineage_runs__topped') }}

),

chosen as (

    select
        runs.source_name,
        runs.run_id,
        case
            when tops.is_known then 'chain'
            when runs.root_run_id is not null then 'facet'
            when tops.top_run_id is not null then 'chain'
            when runs.parent_run_id is not null then 'parent'
            else 'self'
        end as root_source,
        runs.job_namespace,
        runs.job_name,
        runs.parent_run_id,
        runs.parent_job_namespace,
        runs.parent_job_name,
        runs.root_run_id,
        runs.root_job_namespace,
        runs.root_job_name,
        tops.top_run_id,
        tops.top_job_namespace,
        tops.top_job_name
    from runs
    left join tops
        on
            runs.source_name = tops.source_name
            and runs.followed_run_id = tops.parent_run_id

),

final as (

    select
        source_name,
        run_id,
        top_run_id,
        {%- for column in ['run_id', 'job_namespace', 'job_name'] %}
            case root_source
                when 'chain' then top_{{ column }}
                when 'facet' then root_{{ column }}
                when 'parent' then parent_{{ column }}
                else {{ column }}
            end as root_{{ column }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from chosen

)

select * from final

{#- Of each project the newest manifest from before the limit stays, and of each relation the newest catalog: they say
    what was so on the first days that are kept. So do the manifests of kept invocations, and the catalogs by which
    a version of a dataset begins. -#}
{% macro purged_dbt_artifacts() -%}
with artifacts as (
    select
        artifacts.source_name,
        artifacts.artifact_id,
        artifacts.invocation_id,
        artifacts.generated_at as last_at,
        artifacts.generated_at < limits.purge_before as is_old
    from {{ built_relation('stg_dbt__artifacts') }} as artifacts
    inner join purge_limits as limits on artifacts.source_name = limits.source_name
),

described as (
    select
        _source_name as source_name,
        artifact_id,
        'catalog of ' || unique_id as content
    from {{ source('dbt', 'catalog_nodes') }}
    union all
    select
        source_name,
        artifact_id,
        'manifest of ' || project_name as content
    from {{ built_relation('int_dbt_manifests__identified') }}
),

ranked as (
    select
        described.source_name,
        described.artifact_id,
        row_number() over (
            partition by described.source_name, described.content
            order by artifacts.last_at desc, described.artifact_id desc
        ) as number_from_last
    from described
    inner join artifacts
        on described.source_name = artifacts.source_name and described.artifact_id = artifacts.artifact_id
    where artifacts.is_old
),

needed as (
    select source_name, artifact_id from ranked
    where number_from_last = 1
    union all
    select old.source_name, old.artifact_id
    from artifacts as old
    inner join artifacts as kept
        on old.source_name = kept.source_name and old.invocation_id = kept.invocation_id and not kept.is_old
    union all
    select artifacts.source_name, artifacts.artifact_id
    from artifacts
    inner join {{ built_relation('int_dataset_schemas__versioned') }} as versions
        on
            artifacts.source_name = versions.source_name
            and artifacts.last_at = versions.first_seen_at
)

select artifacts.source_name, artifacts.artifact_id, artifacts.last_at
from artifacts
where
    artifacts.is_old
    and not exists (
        select 1 from needed
        where needed.source_name = artifacts.source_name and needed.artifact_id = artifacts.artifact_id
    )
{%- endmacro %}

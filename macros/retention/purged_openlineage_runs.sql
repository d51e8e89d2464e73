{#- A run goes as a whole. One stays, however old, that a kept run names as its parent or root, that belongs to the same
    pipeline run as a kept one, whose facts are built again together, or by whose events a version of a dataset begins
    or is confirmed: by it kept facts find their version. -#}
{% macro purged_openlineage_runs() -%}
with runs as (
    select
        events._source_name as source_name,
        events.run_id,
        max(events.event_time) as last_at
    from {{ source('openlineage', 'events') }} as events
    where events.run_id is not null
    group by 1, 2
),

kept_pipeline_runs as (
    select distinct identified.pipeline_run_key
    from runs
    inner join purge_limits as limits on runs.source_name = limits.source_name
    inner join {{ built_relation('int_openlineage_runs__identified') }} as identified
        on runs.source_name = identified.source_name and runs.run_id = identified.openlineage_run_id
    where runs.last_at >= limits.purge_before
),

parents as (
    select
        runs.source_name,
        merged.parent_run_id,
        merged.root_run_id
    from runs
    inner join purge_limits as limits on runs.source_name = limits.source_name
    inner join {{ built_relation('int_openlineage_runs__merged') }} as merged
        on runs.source_name = merged.source_name and runs.run_id = merged.run_id
    where runs.last_at >= limits.purge_before
),

versions as (
    select
        *,
        count(*) over (partition by dataset_key) as version_count
    from {{ built_relation('int_dataset_schemas__versioned') }}
),

-- Of each version the two runs that confirm it, and the last.
version_sightings as (
    select
        event_datasets.source_name,
        event_datasets.run_id,
        row_number() over (
            partition by versions.dataset_key, versions.version_number
            order by min(event_datasets.event_at), event_datasets.run_id
        ) as number_from_first,
        row_number() over (
            partition by versions.dataset_key, versions.version_number
            order by max(event_datasets.event_at) desc, event_datasets.run_id desc
        ) as number_from_last
    from versions
    inner join {{ built_relation('int_datasets__resolved') }} as datasets on versions.dataset_key = datasets.dataset_key
    inner join {{ built_relation('stg_openlineage__event_datasets') }} as event_datasets
        on
            datasets.dataset_namespace = event_datasets.dataset_namespace
            and datasets.dataset_name = event_datasets.dataset_name
            and versions.source_name = event_datasets.source_name
            and versions.observer = event_datasets.producer_name
            and versions.role = event_datasets.role
            and versions.schema_md5 = event_datasets.schema_md5
            and versions.first_seen_at <= event_datasets.event_at
            and versions.valid_to > event_datasets.event_at
    where versions.version_count > 1
    group by versions.dataset_key, versions.version_number, event_datasets.source_name, event_datasets.run_id
),

needed as (
    select source_name, parent_run_id as run_id from parents
    union all
    select source_name, root_run_id as run_id from parents
    union all
    select
        identified.source_name,
        identified.openlineage_run_id as run_id
    from {{ built_relation('int_openlineage_runs__identified') }} as identified
    inner join kept_pipeline_runs on identified.pipeline_run_key = kept_pipeline_runs.pipeline_run_key
    union all
    select source_name, run_id from version_sightings
    where number_from_first <= 2 or number_from_last = 1
)

select runs.*
from runs
inner join purge_limits as limits on runs.source_name = limits.source_name
where
    runs.last_at < limits.purge_before
    and not exists (
        select 1 from needed where needed.source_name = runs.source_name and needed.run_id = runs.run_id
    )
{%- endmacro %}

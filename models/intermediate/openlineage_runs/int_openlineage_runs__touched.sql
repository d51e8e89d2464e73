-- depends_on: {{ ref('int_openlineage_hosts__moved') }}
{{ config(materialized='table') }}

{%- set previous = previous_build_of('int_openlineage_runs__identified', [
    'openlineage_run_id', 'parent_openlineage_run_id', 'host_run_id', 'top_run_id', 'instance_namespace', 'loaded_at'
]) %}

with

runs as (

    select * from {{ ref('int_openlineage_runs__merged') }}

),

{% if previous -%}
    moved_hosts as (

        select * from {{ ref('int_openlineage_hosts__moved') }}

    ),

    changed as (

        select * from runs
        where loaded_at > {{ newest_load(previous) }}

    ),

    named as (

        select run_id from changed
        union
        select parent_run_id as run_id from changed
        union
        select root_run_id as run_id from changed
        union
        select identified.host_run_id as run_id
        from {{ previous }} as identified
        inner join moved_hosts
            on
                identified.source_name = moved_hosts.source_name
                and identified.instance_namespace = moved_hosts.instance_namespace
                and identified.platform_instance = moved_hosts.platform_instance
                and coalesce(moved_hosts.invocation_id, identified.run_id) = identified.run_id

    ),

    -- What runs belonged to says who else belongs there.
    heads as (
        {{ family_heads(previous, 'named') }}
    ),

    rebuilt as (
        {{ family_members(previous, 'heads') }}
        union
        select
            source_name,
            run_id
        from changed
    ),

    further_named as (

        select identified.openlineage_run_id as run_id
        from {{ previous }} as identified
        inner join rebuilt
            on identified.source_name = rebuilt.source_name and identified.openlineage_run_id = rebuilt.run_id
        union
        select parent_run_id as run_id from changed

    ),

    further_heads as (
        {{ family_heads(previous, 'further_named') }}
    ),

    -- To place a run its whole family has to be read, also where that is not built again.
    read as (
        {{ family_members(previous, 'further_heads') }}
        union
        select
            source_name,
            run_id
        from rebuilt
    ),

    final as (

        select
            cast(read.source_name as text) as source_name,
            cast(read.run_id as text) as run_id,
            rebuilt.run_id is not null as is_rebuilt
        from read
        left join rebuilt on read.source_name = rebuilt.source_name and read.run_id = rebuilt.run_id

    )
{%- else -%}
    final as (

        select
            cast(source_name as text) as source_name,
            cast(run_id as text) as run_id,
            true as is_rebuilt
        from runs

    )
{%- endif %}

select * from final

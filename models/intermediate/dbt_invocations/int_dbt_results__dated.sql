with invocations as (

    select * from {{ ref('int_dbt_invocations__executed') }}

),

results as (

    select * from {{ ref('int_dbt_results__merged') }}

),

sightings as (

    select * from {{ ref('int_dbt_nodes__sighted') }}

),

wanted as (

    select distinct
        invocations.source_name,
        invocations.project_name,
        invocations.invocation_id,
        invocations.ended_at,
        results.unique_id
    from invocations
    inner join results
        on
            invocations.source_name = results.source_name
            and invocations.invocation_id = results.invocation_id
    where results.unique_id is not null

),

timeline as (

    select
        source_name,
        project_name,
        unique_id,
        invocation_id,
        ended_at as happened_at,
        cast(null as timestamp) as sighted_at
    from wanted

    union all

    select
        source_name,
        project_name,
        unique_id,
        null as invocation_id,
        generated_at as happened_at,
        generated_at as sighted_at
    from sightings

),

neighbours as (

    select
        source_name,
        project_name,
        unique_id,
        invocation_id,
        max(sighted_at) over (
            partition by source_name, project_name, unique_id
            order by happened_at
            range between unbounded preceding and current row
        ) as earlier_at,
        min(sighted_at) over (
            partition by source_name, project_name, unique_id
            order by happened_at
            range between current row and unbounded following
        ) as later_at
    from timeline

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(project_name as text) as project_name,
        cast(invocation_id as text) as invocation_id,
        cast(unique_id as text) as unique_id,
        cast(earlier_at as timestamp) as earlier_at,
        cast(later_at as timestamp) as later_at
    from neighbours
    where invocation_id is not null

)

select * from final

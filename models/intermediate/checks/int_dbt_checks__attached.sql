{{ config(materialized='table') }}

with sightings as (

    select * from {{ ref('int_dbt_nodes__sighted') }}

),

node_contents as (

    select * from {{ ref('stg_dbt__node_contents') }}

),

dependencies as (

    select * from {{ ref('stg_dbt__node_dependencies') }}

),

checks as (

    select * from node_contents
    where resource_type in ('test', 'unit_test')

),

candidates as (

    -- Before dbt 1.5, and for sources still, only a test's expression says which of its nodes it is on.
    -- The id of a unit test holds the name and the version of its model.
    select
        checks.source_name,
        checks.unique_id,
        checks.node_md5,
        dependencies.depends_on_unique_id,
        case
            when checks.resource_type = 'unit_test'
                then
                    split_part(dependencies.depends_on_unique_id, '.', 3) = split_part(checks.unique_id, '.', 3)
                    and split_part(dependencies.depends_on_unique_id, '.', 4) = split_part(checks.unique_id, '.', 5)
            else
                coalesce(checks.test_model_expression, '') like '%''' || split_part(
                    dependencies.depends_on_unique_id,
                    '.',
                    case when split_part(dependencies.depends_on_unique_id, '.', 1) = 'source' then 4 else 3 end
                ) || '''%'
        end as is_named,
        count(*) over (
            partition by checks.source_name, checks.unique_id, checks.node_md5
        ) as dependency_count
    from checks
    inner join dependencies
        on
            checks.source_name = dependencies.source_name
            and checks.unique_id = dependencies.unique_id
            and checks.node_md5 = dependencies.node_md5

),

guesses as (

    select
        source_name,
        unique_id,
        node_md5,
        min(depends_on_unique_id) as tested_unique_id
    from candidates
    where is_named or dependency_count = 1
    group by source_name, unique_id, node_md5

),

tested as (

    select
        sightings.source_name,
        sightings.artifact_id,
        checks.unique_id,
        coalesce(checks.attached_node, guesses.tested_unique_id) as tested_unique_id
    from sightings
    inner join checks
        on
            sightings.source_name = checks.source_name
            and sightings.unique_id = checks.unique_id
            and sightings.node_md5 = checks.node_md5
    left join guesses
        on
            checks.source_name = guesses.source_name
            and checks.unique_id = guesses.unique_id
            and checks.node_md5 = guesses.node_md5

),

final as (

    select
        cast(tested.source_name as text) as source_name,
        cast(tested.artifact_id as text) as manifest_artifact_id,
        cast(tested.unique_id as text) as unique_id,
        cast(tested.tested_unique_id as text) as tested_unique_id,
        cast({{ dbt_relation_key('tested_contents') }} as text) as relation_key
    from tested
    left join sightings as tested_sightings
        on
            tested.source_name = tested_sightings.source_name
            and tested.artifact_id = tested_sightings.artifact_id
            and tested.tested_unique_id = tested_sightings.unique_id
    left join node_contents as tested_contents
        on
            tested_sightings.source_name = tested_contents.source_name
            and tested_sightings.unique_id = tested_contents.unique_id
            and tested_sightings.node_md5 = tested_contents.node_md5

)

select * from final

with

descriptions as (

    select * from {{ ref('int_openlineage_datasets__described') }}

),

dbt_nodes as (

    select * from {{ ref('int_dbt_nodes__current') }}

),

dbt_relations as (

    select * from {{ ref('int_dbt_relations__named') }}

),

writes as (

    select * from {{ ref('int_dataset_writes__resolved') }}

),

tasks as (

    select * from {{ ref('int_tasks__versioned') }}

),

datasets as (

    select * from {{ ref('int_datasets__resolved') }}

),

teams as (

    select * from {{ ref('int_teams__resolved') }}

),

-- Whoever says so of the dataset itself comes before whoever owns the task that writes it.
claims as (

    select
        datasets.dataset_key,
        descriptions.owners as owner_name,
        1 as precedence,
        max(descriptions.last_seen_at) as claimed_at
    from descriptions
    inner join datasets
        on
            descriptions.dataset_namespace = datasets.dataset_namespace
            and descriptions.dataset_name = datasets.dataset_name
    where descriptions.owners is not null
    group by 1, 2
    union all
    select
        datasets.dataset_key,
        coalesce(dbt_nodes.owner_name, dbt_nodes.group_name) as owner_name,
        1 as precedence,
        cast(null as timestamp) as claimed_at
    from dbt_nodes
    inner join dbt_relations
        on
            dbt_nodes.source_name = dbt_relations.source_name
            and dbt_nodes.relation_key = dbt_relations.relation_key
    inner join datasets
        on
            dbt_relations.dataset_namespace = datasets.dataset_namespace
            and dbt_relations.dataset_name = datasets.dataset_name
    where coalesce(dbt_nodes.owner_name, dbt_nodes.group_name) is not null
    union all
    select
        writes.dataset_key,
        tasks.owner as owner_name,
        2 as precedence,
        max(writes.written_at) as claimed_at
    from writes
    inner join tasks
        on
            writes.task_key = tasks.task_key
            and tasks.is_current
    where tasks.owner is not null
    group by 1, 2

),

ranked as (

    select
        claims.dataset_key,
        teams.team_key,
        row_number() over (
            partition by claims.dataset_key
            order by claims.precedence asc, claims.claimed_at desc nulls last, teams.team_name asc
        ) as claim_rank
    from claims
    inner join teams on claims.owner_name = teams.owner_name
    where teams.team_name is not null

),

final as (

    select
        cast(dataset_key as uuid) as dataset_key,
        cast(team_key as uuid) as team_key
    from ranked
    where claim_rank = 1

)

select * from final

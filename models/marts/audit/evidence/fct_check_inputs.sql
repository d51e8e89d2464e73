with

checks as (

    select distinct
        checks.dataset_key,
        checks.pipeline_key,
        pipelines.platform = 'dbt' as is_of_dbt
    from {{ ref('dim_checks') }} as checks
    inner join {{ ref('dim_pipelines_current') }} as pipelines on checks.pipeline_key = pipelines.pipeline_key
    where
        not checks.is_unknown
        and checks.is_retired is not true
        and checks.dataset_key <> {{ unknown_key() }}

),

inputs as (

    select
        checks.*,
        checks.dataset_key as input_dataset_key
    from checks
    union all
    select
        checks.*,
        lineage.upstream_dataset_key as input_dataset_key
    from checks
    inner join {{ ref('bridge_lineage') }} as lineage on checks.dataset_key = lineage.downstream_dataset_key

),

writes as (

    select * from {{ ref('fct_dataset_writes') }}
    where is_successful

),

-- What a project of dbt makes of its inputs is made anew by each run of it, and no input of its own.
input_writes as (

    select
        inputs.dataset_key,
        inputs.pipeline_key,
        inputs.input_dataset_key,
        writes.written_at,
        coalesce(inputs.is_of_dbt and inputs.pipeline_key = writes.pipeline_key, false) as is_own
    from inputs
    left join writes on inputs.input_dataset_key = writes.dataset_key

),

completeness as (

    select
        dataset_key,
        pipeline_key,
        count(distinct input_dataset_key) = count(distinct input_dataset_key) filter (where written_at is not null)
            as is_complete
    from input_writes
    group by 1, 2

),

instants as (

    select distinct
        dataset_key,
        pipeline_key,
        written_at as happened_at,
        written_at as changed_at
    from input_writes
    where written_at is not null and not is_own
    union all
    select distinct
        checks.dataset_key,
        checks.pipeline_key,
        results.executed_at as happened_at,
        cast(null as timestamp) as changed_at
    from checks
    inner join {{ ref('fct_check_results') }} as results
        on checks.dataset_key = results.dataset_key and checks.pipeline_key = results.pipeline_key

),

dated as (

    select
        dataset_key,
        pipeline_key,
        happened_at,
        changed_at is null as is_execution,
        max(changed_at) over (
            partition by dataset_key, pipeline_key
            order by happened_at
            range between unbounded preceding and current row
        ) as last_changed_at
    from instants

),

final as (

    select
        {{ surrogate_key(['dated.dataset_key', 'dated.pipeline_key', 'dated.happened_at']) }} as check_input_key,
        cast(dated.dataset_key as uuid) as dataset_key,
        cast(dated.pipeline_key as uuid) as pipeline_key,
        cast(dated.happened_at as timestamp) as executed_at,
        cast(case when completeness.is_complete then dated.last_changed_at end as timestamp) as input_changed_at
    from dated
    inner join completeness
        on dated.dataset_key = completeness.dataset_key and dated.pipeline_key = completeness.pipeline_key
    where dated.is_execution

)

select * from final

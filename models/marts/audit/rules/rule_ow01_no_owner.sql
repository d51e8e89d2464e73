with

thresholds as (

    {{ subject_thresholds('OW01', ['window_days']) }}

),

pipelines as (

    select * from {{ ref('fct_pipeline_activity') }}

),

ownership as (

    select * from {{ ref('fct_pipeline_ownership') }}

),

enclosures as (

    select * from {{ ref('bridge_pipeline_enclosures') }}

),

-- What runs inside an owned pipeline has that owner.
outer_owned as (

    select
        enclosures.inner_pipeline_key as pipeline_key,
        string_agg(outer_pipelines.pipeline_name, ', ' order by outer_pipelines.pipeline_name) as outer_names
    from enclosures
    inner join ownership on enclosures.outer_pipeline_key = ownership.pipeline_key
    inner join pipelines as outer_pipelines on enclosures.outer_pipeline_key = outer_pipelines.pipeline_key
    {{ join_thresholds('enclosures.inner_pipeline_key') }}
    where
        ownership.owner is not null
        and enclosures.days_since_last_run <= {{ threshold('window_days') }}
    group by 1

),

judged as (

    select
        pipelines.*,
        {{ threshold('window_days') }} as window_days,
        outer_owned.outer_names,
        case
            when pipelines.is_gone then 'Not active: its definition is gone.'
            when pipelines.is_paused then 'Not active: it is paused.'
            when not pipelines.is_due and coalesce(pipelines.days_since_last_run > {{ threshold('window_days') }}, true)
                then 'Not active: it neither ran nor was due lately.'
            when outer_owned.outer_names is not null
                then 'It runs inside ' || outer_owned.outer_names || ', which has an owner.'
        end as clearance
    from pipelines
    left join outer_owned on pipelines.pipeline_key = outer_owned.pipeline_key
    {{ join_thresholds('pipelines.pipeline_key') }}

),

final as (

    select
        {{ audit_subject('OW01', 'pipeline', 'judged') }},
        cast(
            case
                when ownership.grade in ('owned', 'owned in part') or judged.clearance is not null then 'clear'
                when ownership.grade = 'unowned' then 'finding'
                else 'cannot_tell'
            end as text
        ) as verdict,
        cast(
            case when ownership.grade in ('owned', 'owned in part') then ownership.explanation
                else coalesce(judged.clearance, ownership.explanation)
            end as text
        ) as reason,
        {{ json_object({
            'owner': 'ownership.owner',
            'reported_owner': 'ownership.reported_owner',
            'tasks': 'ownership.task_count',
            'owned_tasks': 'ownership.owned_task_count',
            'runs_inside': 'judged.outer_names',
            'last_run_at': "cast(date_trunc('second', judged.last_run_at) as text)",
            'window_days': json_number('judged.window_days'),
        }) }} as evidence,
        cast(ownership.unowned_since as timestamp) as onset_at,
        cast(judged.as_of_at as timestamp) as as_of_at
    from judged
    inner join ownership on judged.pipeline_key = ownership.pipeline_key

)

select * from final

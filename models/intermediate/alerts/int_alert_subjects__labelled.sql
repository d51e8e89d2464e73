with

hints as (

    select * from {{ ref('int_alert_subjects__hinted') }}
    where meaning in ('pipeline', 'task', 'dataset', 'namespace')

),

subjects as (

    select * from {{ ref('int_alert_subjects__listed') }}

),

namespaces as (

    select
        signal_key,
        hint
    from hints
    where meaning = 'namespace'

),

-- A dataset's label may hold its namespace too.
candidates as (

    select
        hints.signal_key,
        hints.signal_type,
        hints.hint,
        subjects.subject_type,
        subjects.subject_key,
        subjects.pipeline_key,
        bool_or(namespaces.hint is not null or subjects.subject_name = hints.hint) as is_in_namespace
    from hints
    inner join subjects
        on
            hints.meaning = subjects.subject_type
            and (
                hints.hint = subjects.label_value
                or (subjects.subject_type <> 'pipeline' and hints.hint = subjects.subject_name)
            )
    left join namespaces
        on
            hints.signal_key = namespaces.signal_key
            and subjects.namespace = namespaces.hint
    group by 1, 2, 3, 4, 5, 6

),

preferred as (

    select
        *,
        bool_or(is_in_namespace) over (partition by signal_key, subject_type, hint) as has_one_in_namespace
    from candidates

),

named as (

    select *
    from preferred
    where is_in_namespace or not has_one_in_namespace

),

pipelines as (

    select distinct
        signal_key,
        pipeline_key
    from named
    where subject_type = 'pipeline'

),

signals_with_pipeline as (

    select distinct signal_key from pipelines

),

-- Tasks of several pipelines have one name, so where the alert names a pipeline only its tasks are meant.
found as (

    select named.*
    from named
    left join pipelines
        on
            named.signal_key = pipelines.signal_key
            and named.pipeline_key = pipelines.pipeline_key
    left join signals_with_pipeline on named.signal_key = signals_with_pipeline.signal_key
    where
        named.subject_type <> 'task'
        or pipelines.pipeline_key is not null
        or signals_with_pipeline.signal_key is null

),

final as (

    select
        cast(signal_key as uuid) as signal_key,
        cast(signal_type as text) as signal_type,
        cast(subject_type as text) as subject_type,
        cast(subject_key as uuid) as subject_key,
        cast(pipeline_key as uuid) as pipeline_key,
        cast(hint as text) as hint,
        cast(count(*) over (partition by signal_key, subject_type, hint) > 1 as boolean) as is_ambiguous
    from found

)

select * from final

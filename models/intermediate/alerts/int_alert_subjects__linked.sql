{{ config(materialized='table') }}

with

labelled as (

    select * from {{ ref('int_alert_subjects__labelled') }}

),

hints as (

    select * from {{ ref('int_alert_subjects__hinted') }}
    where meaning in ('rule', 'title', 'service')

),

mappings as (

    select * from {{ ref('alert_mappings') }}

),

subjects as (

    select * from {{ ref('int_alert_subjects__listed') }}

),

mapped as (

    select
        hints.signal_key,
        hints.signal_type,
        subjects.subject_type,
        subjects.subject_key,
        subjects.pipeline_key,
        mappings.pattern,
        mappings.subject_name
    from hints
    inner join mappings
        on
            mappings.source_name in (hints.source_name, '*')
            and mappings.field in (hints.meaning, '*')
            and hints.hint like mappings.pattern escape '\'
    inner join subjects
        on
            mappings.subject_type = subjects.subject_type
            and mappings.subject_name = subjects.subject_name
    left join labelled on hints.signal_key = labelled.signal_key
    where labelled.signal_key is null
    group by
        hints.signal_key,
        hints.signal_type,
        subjects.subject_type,
        subjects.subject_key,
        subjects.pipeline_key,
        mappings.pattern,
        mappings.subject_name

),

links as (

    select
        signal_key,
        signal_type,
        subject_type,
        subject_key,
        pipeline_key,
        'label' as link_method,
        is_ambiguous
    from labelled
    union all
    -- A name that several subjects have means one of them, and it is not known which.
    select
        signal_key,
        signal_type,
        subject_type,
        subject_key,
        pipeline_key,
        'mapping' as link_method,
        count(*) over (partition by signal_key, subject_type, pattern, subject_name) > 1 as is_ambiguous
    from mapped

),

final as (

    select
        {{ surrogate_key(['signal_key', 'subject_key']) }} as alert_subject_key,
        cast(signal_key as uuid) as signal_key,
        cast(signal_type as text) as signal_type,
        cast(subject_type as text) as subject_type,
        cast(subject_key as uuid) as subject_key,
        cast(pipeline_key as uuid) as pipeline_key,
        cast(min(link_method) as text) as link_method,
        cast(bool_and(is_ambiguous) as boolean) as is_ambiguous
    from links
    group by signal_key, signal_type, subject_type, subject_key, pipeline_key

)

select * from final

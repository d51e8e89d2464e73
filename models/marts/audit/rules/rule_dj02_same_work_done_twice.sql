with

thresholds as (

    {{ subject_thresholds('DJ02', ['window_days', 'minimum_runs']) }}

),

work as (

    select * from {{ ref('fct_task_work') }}

),

same_work as (

    select * from {{ ref('bridge_same_work') }}

),

kept as (

    select
        kept_task_key,
        count(*) as other_count,
        array_to_string((array_agg(subject_name order by subject_name, task_key))[1:10], ', ') as others
    from same_work
    group by 1

),

judged as (

    select
        work.*,
        same_work.grade,
        same_work.kept_subject_name,
        same_work.common_percent,
        same_work.since_at,
        kept.other_count,
        kept.others,
        {{ threshold('window_days') }} as window_days,
        case same_work.grade
            when 'D2' then 'It makes by the same statement from the same inputs what '
            when 'D3' then 'Its code and its inputs are the same: it makes what '
            else 'It makes from the same inputs, at the same time, as many rows of the same columns as '
        end as likeness,
        case
            when work.is_sandbox then 'sandbox'
            when same_work.task_key is not null then 'twice'
            when kept.kept_task_key is not null then 'kept'
            when work.input_md5 is null then 'no inputs'
            when work.run_count < {{ threshold('minimum_runs') }} then 'few runs'
            when work.sql_md5 is null and work.checksum is null then 'no statement'
            else 'once'
        end as state
    from work
    {{ join_thresholds('work.task_key') }}
    left join same_work on work.task_key = same_work.task_key
    left join kept on work.task_key = kept.kept_task_key

),

final as (

    select
        {{ audit_subject('DJ02', 'task', 'judged') }},
        cast(
            case
                when state = 'twice' then 'finding'
                when state in ('no inputs', 'few runs', 'no statement') then 'cannot_tell'
                else 'clear'
            end as text
        ) as verdict,
        cast(
            case state
                when 'sandbox' then 'It is a sandbox.'
                when 'twice' then likeness || kept_subject_name || ' makes elsewhere.'
                when 'kept' then 'It is the one to keep of those that do the same work; the rest: ' || others || '.'
                when 'no inputs' then 'Nobody says what it reads.'
                when 'few runs' then 'It ran ' || run_count || ' times lately, too few to compare.'
                when 'no statement' then 'Nobody says by which statement it works.'
                else 'No other task does its work.'
            end as text
        ) as reason,
        {{ json_object({
            'grade': 'grade',
            'done_by': 'kept_subject_name',
            'inputs': 'input_count',
            'sql_md5': 'sql_md5',
            'checksum': 'checksum',
            'common_columns_percent': json_number('common_percent'),
            'others': 'coalesce(other_count, 0)',
            'runs': 'run_count',
            'window_days': json_number('window_days'),
        }) }} as evidence,
        cast(case when state = 'twice' then since_at end as timestamp) as onset_at,
        cast(as_of_at as timestamp) as as_of_at
    from judged

)

select * from final

with

thresholds as (

    {{ subject_thresholds('SD01', ['window_days']) }}

),

datasets as (

    select
        datasets.*,
        as_of.as_of_at
    from {{ ref('dim_datasets_current') }} as datasets
    inner join {{ ref('int_sources__as_of') }} as as_of on as_of.source_name = '*'
    where not datasets.is_unknown and datasets.is_retired is not true

),

drifts as (

    select
        *,
        row_number() over (
            partition by dataset_key
            order by
                case
                    when drift_state = 'absorbed' then 1
                    when drift_state in ('told', 'explained', 'unread') then 3
                    else 2
                end asc,
                changed_at desc,
                schema_change_key asc
        ) as badness
    from {{ ref('fct_schema_drifts') }}

),

tallies as (

    select
        dataset_key,
        count(*) as change_count,
        count(*) filter (where drift_state = 'absorbed') as absorbed_count,
        min(changed_at) filter (where drift_state = 'absorbed') as started_at,
        (array_agg(change_kind || ' ' || column_name order by changed_at desc, schema_change_key asc) filter (
            where drift_state = 'absorbed'
        ))[1:10] as absorbed_changes
    from drifts
    group by 1

),

final as (

    select
        {{ audit_subject('SD01', 'dataset', 'datasets') }},
        cast(
            case
                when tallies.absorbed_count > 0 then 'finding'
                when worst.drift_state in ('told', 'explained', 'unread') then 'clear'
                when worst.drift_state is not null then 'cannot_tell'
                when datasets.schema_md5 is not null then 'clear'
                else 'cannot_tell'
            end as text
        ) as verdict,
        cast(
            case
                when tallies.absorbed_count > 0
                    then 'No contract and no deployment explains breaking changes of its columns ('
                        || tallies.absorbed_count || '), such as ' || worst.column_name || ' (' || worst.change_kind
                        || '); readers that went on: ' || worst.absorbed_count || '.'
                when worst.drift_state is null and datasets.schema_md5 is null then 'Nothing tells of its schema.'
                when worst.drift_state is null then 'No breaking change of its columns was seen lately.'
                else 'Its column ' || worst.column_name || ' changed (' || worst.change_kind || '): '
                    || case worst.drift_state
                        when 'explained' then 'a contract or a deployment explains it.'
                        when 'unread' then 'nothing reads it.'
                        when 'told' then 'its readers failed, and so told of it.'
                        when 'of_unknown_effect' then 'whether that breaks readers cannot be told.'
                        when 'of_unknown_origin' then 'whether it was deployed cannot be told.'
                        when 'of_unknown_readers' then 'who reads it cannot be told.'
                        else 'none of its readers has run since.'
                    end
            end as text
        ) as reason,
        {{ json_object({
            'changes_that_break_or_may': 'tallies.change_count',
            'absorbed_changes': 'tallies.absorbed_changes',
            'column': 'worst.column_name',
            'change': 'worst.change_kind',
            'changed_at': "cast(date_trunc('second', worst.changed_at) as text)",
            'state': 'worst.drift_state',
            'readers': 'worst.reader_count',
            'readers_that_went_on': 'worst.absorbed_count',
            'window_days': json_number(threshold('window_days')),
        }) }} as evidence,
        cast(tallies.started_at as timestamp) as onset_at,
        cast(datasets.as_of_at as timestamp) as as_of_at
    from datasets
    {{ join_thresholds('datasets.dataset_key') }}
    left join tallies on datasets.dataset_key = tallies.dataset_key
    left join drifts as worst on datasets.dataset_key = worst.dataset_key and worst.badness = 1

)

select * from final

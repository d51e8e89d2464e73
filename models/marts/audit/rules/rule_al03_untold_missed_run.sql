with

thresholds as (

    {{ subject_thresholds('AL03', ['window_days', 'grace_minutes', 'budget_minutes']) }}

),

pipelines as (

    select
        punctuality.*,
        {{ threshold_columns(['window_days', 'grace_minutes', 'budget_minutes']) }},
        case
            when punctuality.state in ('broken', 'vanished', 'missed', 'paused', 'overdue')
                then coalesce(punctuality.told_verdict, 'cannot_tell')
            when punctuality.state = 'unknown' then 'cannot_tell'
            else 'clear'
        end as verdict,
        cast(date_trunc('second', punctuality.onset_at) as text) as onset_text
    from {{ ref('fct_pipeline_punctuality') }} as punctuality
    {{ join_thresholds('punctuality.pipeline_key') }}

),

final as (

    select
        {{ audit_subject('AL03', 'pipeline', 'pipelines') }},
        cast(verdict as text) as verdict,
        cast(
            case state
                when 'broken'
                    then 'Its file does not parse, and it should have run at ' || onset_text || '; ' || words || '.'
                when 'vanished'
                    then 'It is gone since about ' || onset_text || ', and ' || reader_names
                        || ' still read what it wrote; ' || words || '.'
                when 'missed'
                    then missed_count || ' times from ' || onset_text || ' on, no run started in time'
                        || case when late_count > 0 then ' (' || late_count || ' started late)' else '' end
                        || '; ' || words || '.'
                when 'paused'
                    then 'It is paused, should have run at ' || onset_text || ', and ' || reader_names
                        || ' still read what it wrote; ' || words || '.'
                when 'overdue' then 'It waits for data, and was overdue at ' || onset_text || '; ' || words || '.'
                when 'gone' then 'Its definition is gone, and nobody else is known to read what it wrote.'
                when 'paused unread' then 'It is paused, and nobody else is known to read what it wrote.'
                when 'unscheduled' then 'It has no schedule.'
                when 'inside' then 'It runs inside another pipeline.'
                when 'in time' then 'It started lately when it should.'
                else 'Nothing says when it should run.'
            end as text
        ) as reason,
        {{ json_object({
            'state': 'state',
            'due': 'coalesce(due_count, 0)',
            'missed': 'missed_count',
            'started_late': 'late_count',
            'readers': 'reader_names',
            'grace_minutes': json_number('grace_minutes'),
            'budget_minutes': json_number('budget_minutes'),
            'window_days': json_number('window_days'),
        }) }} as evidence,
        cast(case when verdict = 'finding' then onset_at end as timestamp) as onset_at,
        cast(as_of_at as timestamp) as as_of_at
    from pipelines

)

select * from final

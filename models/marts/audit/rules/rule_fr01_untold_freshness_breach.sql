with
thresholds as (
    {{ subject_thresholds('FR01', ['window_days']) }}
),

-- A dataset that nobody has seen written is judged by the newest instant of all.
datasets as (
    select
        datasets.dataset_key,
        datasets.subject_name,
        datasets.source_name,
        datasets.team_key,
        coalesce(activity.as_of_at, newest.as_of_at) as as_of_at
    from {{ ref('dim_datasets_current') }} as datasets
    left join {{ ref('fct_dataset_activity') }} as activity on datasets.dataset_key = activity.dataset_key
    left join {{ ref('int_sources__as_of') }} as newest on newest.source_name = '*'
    where not datasets.is_unknown and datasets.is_retired is not true
),

judged_days as (
    select
        datasets.dataset_key,
        sum(days.good_count + days.bad_count + days.excused_count + days.pending_count) as judged_count
    from datasets
    {{ join_thresholds('datasets.dataset_key') }}
    inner join {{ ref('fct_service_level_days') }} as days on datasets.dataset_key = days.dataset_key
    where {{ seconds_between('cast(days.measured_on as timestamp)', 'datasets.as_of_at') }}
        <= {{ threshold('window_days') }} * 86400
    group by 1
),

promises as (
    select distinct dataset_key from {{ ref('dim_service_levels_current') }}
    where is_measured and is_retired is not true
),

judged_breaches as (
    select
        breaches.*,
        case
            when verdicts.verdict = 'finding' and unheard.freshness_breach_key is not null then 'cannot_tell'
            else coalesce(verdicts.verdict, 'clear')
        end as verdict,
        case
            when verdicts.verdict = 'finding' and unheard.freshness_breach_key is not null
                then 'a task that writes it ended well at ' || cast(date_trunc('second', unheard.ended_well_at) as text)
                    || ', and lineage heard nothing of that'
            else verdicts.words
        end as words
    from {{ ref('fct_freshness_breaches') }} as breaches
    {{ join_thresholds('breaches.dataset_key') }}
    left join {{ ref('fct_unheard_breaches') }} as unheard
        on breaches.freshness_breach_key = unheard.freshness_breach_key
    left join {{ ref('fct_trouble_verdicts') }} as verdicts
        on
            breaches.dataset_key = verdicts.subject_key
            and breaches.onset_at = verdicts.onset_at
            and verdicts.rule_id = 'FR01'
    where {{ seconds_between('coalesce(breaches.ended_at, breaches.last_bad_at)', 'breaches.as_of_at') }}
        <= {{ threshold('window_days') }} * 86400
),

breaches as (
    select
        *,
        row_number() over (
            partition by dataset_key
            order by
                case verdict when 'finding' then 1 when 'cannot_tell' then 2 else 3 end asc, onset_at desc,
                freshness_breach_key asc
        ) as badness,
        count(*) over (partition by dataset_key) as breach_count,
        count(*) filter (where verdict = 'finding') over (partition by dataset_key) as untold_count
    from judged_breaches
),

final as (
    select
        {{ audit_subject('FR01', 'dataset', 'datasets') }},
        cast(
            case
                when breaches.verdict is not null then breaches.verdict
                when judged_days.judged_count > 0 then 'clear'
                else 'cannot_tell'
            end as text
        ) as verdict,
        cast(
            case
                when breaches.verdict = 'clear' and breaches.words is null
                    then 'It was stale ' || breaches.breach_count || ' times lately, each time only for a short while.'
                when breaches.verdict is not null
                    then 'It was staler than ' || breaches.service_level_name || ' promises from '
                        || cast(date_trunc('second', breaches.onset_at) as text) || ' '
                        || coalesce('to ' || cast(date_trunc('second', breaches.ended_at) as text), 'on')
                        || '; ' || breaches.words || '.'
                when judged_days.judged_count > 0 then 'It kept lately what is promised of its freshness.'
                else 'Nothing says how fresh it was lately.'
            end as text
        ) as reason,
        {{ json_object({
            'breaches': 'coalesce(breaches.breach_count, 0)',
            'untold_breaches': 'coalesce(breaches.untold_count, 0)',
            'broken': 'breaches.service_level_name',
            'last_bad_at': "cast(date_trunc('second', breaches.last_bad_at) as text)",
            'budget_minutes': json_number('breaches.budget_seconds / 60'),
            'window_days': json_number(threshold('window_days')),
        }) }} as evidence,
        cast(case when breaches.verdict = 'finding' then breaches.onset_at end as timestamp) as onset_at,
        cast(datasets.as_of_at as timestamp) as as_of_at
    from datasets
    {{ join_thresholds('datasets.dataset_key') }}
    inner join promises on datasets.dataset_key = promises.dataset_key
    left join judged_days on datasets.dataset_key = judged_days.dataset_key
    left join breaches
        on
            datasets.dataset_key = breaches.dataset_key
            and breaches.badness = 1
)

select * from final

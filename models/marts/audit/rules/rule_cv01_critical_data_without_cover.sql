with

thresholds as (

    {{ subject_thresholds('CV01', ['window_days', 'highest_tier', 'top_percent', 'minimum_downstream']) }}

),

cover as (

    select * from {{ ref('fct_dataset_cover') }}

),

datasets as (

    select * from {{ ref('fct_dataset_activity') }}

),

checked as (

    select count(*) > 0 as has_checks
    from {{ ref('fct_check_activity') }}
    where execution_count > 0

),

weighed as (

    select
        datasets.*,
        cover.tier,
        cover.downstream_count,
        cover.exposure_count,
        cover.promise_count,
        greatest(cover.last_checked_at, cover.downstream_last_checked_at) as last_checked_at,
        checked.has_checks,
        {{ threshold('window_days') }} as window_days,
        {{ threshold('minimum_downstream') }} as minimum_downstream,
        {{ seconds_between('datasets.last_written_at', 'datasets.as_of_at') }} <= {{ threshold('window_days') }} * 86400
            as is_active,
        coalesce({{ seconds_between(
            'greatest(cover.last_checked_at, cover.downstream_last_checked_at)', 'datasets.as_of_at'
        ) }} <= {{ threshold('window_days') }} * 86400, false) as is_checked,
        nullif(concat_ws(
            ', ',
            case when cover.tier <= {{ threshold('highest_tier') }} then 'it is of tier ' || cover.tier end,
            case when cover.exposure_count > 0 then 'exposures that show it: ' || cover.exposure_count end,
            case
                when
                    cover.downstream_count >= {{ threshold('minimum_downstream') }}
                    and cover.downstream_rank <= {{ threshold('top_percent') }} / 100
                    then cover.downstream_count || ' datasets are made from it'
            end
        ), '') as why_critical
    from datasets
    {{ join_thresholds('datasets.dataset_key') }}
    cross join checked
    inner join cover on datasets.dataset_key = cover.dataset_key

),

judged as (

    select
        *,
        'Much hangs on it (' || why_critical || '), and ' as told,
        case
            when not is_active then 'inactive'
            when why_critical is null then 'uncritical'
            when promise_count = 0 and has_checks and not is_checked then 'neither'
            when promise_count = 0 then 'no promise'
            when not has_checks then 'unknown'
            when not is_checked then 'no check'
            else 'covered'
        end as state
    from weighed

),

final as (

    select
        {{ audit_subject('CV01', 'dataset', 'judged') }},
        cast(
            case
                when state in ('neither', 'no promise', 'no check') then 'finding'
                when state = 'unknown' then 'cannot_tell'
                else 'clear'
            end as text
        ) as verdict,
        cast(
            case state
                when 'inactive' then 'It was not written lately.'
                when 'uncritical' then 'Little hangs on it, as far as registry and lineage tell.'
                when 'neither' then told || 'neither a check nor a promise covers it.'
                when 'no promise' then told || 'nobody promises when it is fresh.'
                when 'no check' then told || 'no check of it was executed lately.'
                when 'unknown' then 'No feed tells of executed checks, so whether it is checked cannot be told.'
                else 'It is checked, and its freshness is promised.'
            end as text
        ) as reason,
        {{ json_object({
            'why_critical': 'why_critical',
            'tier': 'tier',
            'downstream_datasets': 'downstream_count',
            'exposures': 'exposure_count',
            'promises': 'promise_count',
            'last_checked_at': "cast(date_trunc('second', last_checked_at) as text)",
            'window_days': json_number('window_days'),
        }) }} as evidence,
        cast(null as timestamp) as onset_at,
        cast(as_of_at as timestamp) as as_of_at
    from judged

)

select * from final

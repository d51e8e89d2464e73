with

thresholds as (

    {{ subject_thresholds('CK01', ['window_days', 'minimum_executions', 'minimum_flips', 'flip_percent']) }}

),

checks as (

    select * from {{ ref('dim_checks') }}

),

flips as (

    select * from {{ ref('fct_check_flips') }}

),

judged as (

    select
        checks.*,
        {{ threshold_columns(['window_days', 'minimum_executions', 'minimum_flips', 'flip_percent']) }},
        flips.pair_count,
        flips.comparable_count,
        flips.change_count,
        flips.flip_count,
        flips.unknown_count,
        flips.first_flip_at,
        flips.as_of_at,
        floor(100.0 * flips.flip_count / nullif(flips.comparable_count, 0)) as flips_percent,
        case
            when not checks.is_defined then 'gone'
            when flips.pair_count + 1 < {{ threshold('minimum_executions') }} then 'seldom'
            when
                flips.flip_count >= {{ threshold('minimum_flips') }}
                and flips.flip_count * 100 > {{ threshold('flip_percent') }} * flips.comparable_count
                then 'flaky'
            when flips.change_count = 0 then 'steady'
            when flips.unknown_count >= {{ threshold('minimum_flips') }} then 'unknown'
            else 'moved'
        end as state
    from checks
    inner join flips on checks.check_key = flips.check_key
    {{ join_thresholds('checks.check_key') }}

),

final as (

    select
        {{ audit_subject('CK01', 'check', 'judged') }},
        cast(
            case
                when state = 'flaky' then 'finding'
                when state in ('gone', 'steady', 'moved') then 'clear'
                else 'cannot_tell'
            end as text
        ) as verdict,
        cast(
            case state
                when 'gone' then 'It is no longer defined.'
                when 'flaky'
                    then 'It changed its outcome ' || flip_count
                        || ' times while nothing had been written to its inputs, in ' || comparable_count
                        || ' executions of that kind.'
                when 'seldom' then 'It was executed too seldom lately to say how steady it is.'
                when 'steady' then 'Its outcome was the same in all ' || (pair_count + 1) || ' executions.'
                when 'unknown'
                    then 'It changed its outcome ' || unknown_count || ' times; had its inputs changed?'
                else 'It changed its outcome ' || change_count || ' times, ' || flip_count
                    || ' of them while nothing had been written to its inputs.'
            end as text
        ) as reason,
        {{ json_object({
            'executions': 'pair_count + 1',
            'executions_on_unchanged_inputs': 'comparable_count',
            'changes_of_outcome': 'change_count',
            'changes_on_unchanged_inputs': 'flip_count',
            'changes_on_unknown_inputs': 'unknown_count',
            'percent': json_number('flips_percent'),
            'flip_percent': json_number('flip_percent'),
            'minimum_flips': json_number('minimum_flips'),
            'minimum_executions': json_number('minimum_executions'),
            'window_days': json_number('window_days'),
        }) }} as evidence,
        cast(case when state = 'flaky' then first_flip_at end as timestamp) as onset_at,
        cast(as_of_at as timestamp) as as_of_at
    from judged

)

select * from final

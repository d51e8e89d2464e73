with

thresholds as (

    {{ subject_thresholds('SI08', ['window_days', 'minimum_measurements', 'minimum_rows', 'rise_points']) }}

),

shares as (

    select
        *,
        row_number() over (
            partition by column_key
            order by
                case when is_exploded then 1 else 2 end asc,
                case when is_exploded then null_percent - usual_percent end desc nulls last,
                measured_at desc,
                column_measurement_key asc
        ) as badness
    from {{ ref('fct_null_shares') }}

),

tallies as (

    select
        column_key,
        count(*) as measurement_count,
        count(*) filter (where is_judged) as judged_count,
        count(*) filter (where is_exploded) as exploded_count,
        min(measured_at) filter (where is_exploded) as started_at,
        max(as_of_at) as as_of_at
    from shares
    group by 1

),

columns as (

    select
        columns.column_key,
        columns.dataset_key,
        columns.is_current,
        datasets.source_name,
        datasets.team_key,
        datasets.subject_name || '.' || columns.column_name as subject_name
    from {{ ref('dim_columns') }} as columns
    inner join {{ ref('dim_datasets_current') }} as datasets on columns.dataset_key = datasets.dataset_key

),

judged as (

    select
        columns.*,
        {{ threshold_columns(['window_days', 'minimum_measurements', 'minimum_rows', 'rise_points']) }},
        tallies.measurement_count,
        tallies.judged_count,
        tallies.exploded_count,
        tallies.started_at,
        tallies.as_of_at,
        worst.null_percent,
        worst.usual_percent,
        worst.measured_at,
        case
            when columns.is_current is false then 'gone'
            when tallies.exploded_count > 0 then 'exploded'
            when tallies.judged_count = 0 then 'new'
            else 'usual'
        end as state
    from tallies
    inner join columns on tallies.column_key = columns.column_key
    {{ join_thresholds('columns.dataset_key') }}
    inner join shares as worst on tallies.column_key = worst.column_key and worst.badness = 1

),

final as (

    select
        {{ audit_subject('SI08', 'column', 'judged') }},
        cast(
            case
                when state = 'exploded' then 'finding'
                when state in ('gone', 'usual') then 'clear'
                else 'cannot_tell'
            end as text
        ) as verdict,
        cast(
            case state
                when 'gone' then 'The dataset does not have it any more.'
                when 'exploded'
                    then 'Up to ' || cast(floor(null_percent) as integer) || ' % of it were null in ' || exploded_count
                        || ' of ' || measurement_count || ' measurements, where '
                        || cast(floor(usual_percent) as integer) || ' % are usual.'
                when 'new' then 'It was measured too seldom before to say how many nulls are usual.'
                else 'No share of nulls rose far above the usual in ' || judged_count || ' measurements.'
            end as text
        ) as reason,
        {{ json_object({
            'measurements': 'measurement_count',
            'judged_measurements': 'judged_count',
            'exploded_measurements': 'exploded_count',
            'null_percent': json_number('null_percent'),
            'usual_percent': json_number('usual_percent'),
            'measured_at': "cast(date_trunc('second', measured_at) as text)",
            'rise_points': json_number('rise_points'),
            'minimum_rows': json_number('minimum_rows'),
            'window_days': json_number('window_days'),
        }) }} as evidence,
        cast(case when state = 'exploded' then started_at end as timestamp) as onset_at,
        cast(as_of_at as timestamp) as as_of_at
    from judged

)

select * from final

{%- set measures = {
    'deliveries': 'kept', 'budgets': 'left', 'incidents': 'signalled_by_monitor', 'datasets': 'checked',
} %}

with

measures as (

    select * from {{ ref('fct_team_measures') }}

),

dates as (

    select * from {{ ref('dim_dates') }}
    where not is_unknown

),

teams as (

    select * from {{ ref('dim_teams') }}
    where not is_retired

),

as_of as (

    select cast(as_of_at as date) as as_of_on
    from {{ ref('int_sources__as_of') }}
    where source_name = '*'

),

findings as (

    select
        team_key,
        cast(opened_at as date) as opened_on,
        cast(closed_at as date) as closed_on
    from {{ ref('fct_findings') }}
    where status <> 'waived'

),

weeks as (

    select
        dates.week_starts_on,
        max(dates.date_on) as week_ends_on
    from dates
    cross join as_of
    where dates.week_starts_on <= as_of.as_of_on
    group by 1

),

finding_weeks as (

    select
        findings.team_key,
        weeks.week_starts_on,
        sum(case when findings.closed_on <= weeks.week_ends_on then 0 else 1 end) as open_count,
        sum(case when findings.opened_on >= weeks.week_starts_on then 1 else 0 end) as opened_count
    from findings
    inner join weeks
        on
            findings.opened_on <= weeks.week_ends_on
            and coalesce(findings.closed_on, weeks.week_starts_on) >= weeks.week_starts_on
    group by 1, 2

),

team_weeks as (

    select
        team_key,
        week_starts_on
    from measures
    union
    select
        team_key,
        week_starts_on
    from finding_weeks

),

final as (

    select
        cast(team_weeks.team_key as uuid) as team_key,
        cast(coalesce(teams.team_version_key, {{ unknown_key() }}) as uuid) as team_version_key,
        cast(team_weeks.week_starts_on as date) as week_starts_on,
        {%- for measure, good in measures.items() %}
            cast(coalesce({{ measure }}.good_count, 0) as bigint) as {{ measure }}_{{ good }}_count,
            cast(coalesce({{ measure }}.judged_count, 0) as bigint) as {{ measure }}_judged_count,
            cast(coalesce({{ measure }}.cannot_tell_count, 0) as bigint) as {{ measure }}_cannot_tell_count,
        {%- endfor %}
        cast(coalesce(finding_weeks.open_count, 0) as bigint) as findings_open_count,
        cast(coalesce(finding_weeks.opened_count, 0) as bigint) as findings_opened_count
    from team_weeks
    left join teams
        on
            team_weeks.team_key = teams.team_key
            and {{ held_at('teams', "team_weeks.week_starts_on + interval '7 days' - interval '1 microsecond'") }}
    {%- for measure in measures %}
        left join measures as {{ measure }}
            on
                team_weeks.team_key = {{ measure }}.team_key
                and team_weeks.week_starts_on = {{ measure }}.week_starts_on
                and {{ measure }}.measure = '{{ measure }}'
    {%- endfor %}
    left join finding_weeks
        on
            team_weeks.team_key = finding_weeks.team_key
            and team_weeks.week_starts_on = finding_weeks.week_starts_on

)

select * from final

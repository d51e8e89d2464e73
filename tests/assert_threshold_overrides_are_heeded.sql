-- An override that nothing heeds would leave everything as it is, and nobody would see it. The cast says in dbt's own
-- message which lines those are.
with

overrides as (

    select
        *,
        coalesce(
            case when team_name is not null then 'team ' || team_name end,
            case when tier is not null then 'tier ' || tier end,
            subject_pattern,
            'nobody'
        ) as whom,
        case when team_name is null then 0 else 1 end
        + case when tier is null then 0 else 1 end
        + case when subject_pattern is null then 0 else 1 end as scope_count,
        count(*) over (partition by rule_id, threshold_name, team_name, tier, subject_pattern) as line_count
    from {{ ref('audit_threshold_overrides') }}

),

judged as (

    select
        overrides.rule_id || ' ' || overrides.threshold_name || ' for ' || overrides.whom as line,
        case
            when rules.rule_id is null then 'there is no such rule'
            when thresholds.rule_id is null then 'the rule has no such threshold'
            when thresholds.subject_type is null
                then 'this threshold holds for the whole platform, and is set in audit_thresholds.csv'
            when overrides.scope_count <> 1
                then 'one of team_name, tier and subject_pattern says whom it is for, and no two of them'
            when teams.team_key is null and overrides.team_name is not null then 'there is no such team'
            when thresholds.subject_type = 'alert rule' and overrides.tier is not null then 'alert rules have no tier'
            when overrides.line_count > 1 then 'this stands there more than once'
        end as problem
    from overrides
    left join {{ ref('audit_rules') }} as rules on overrides.rule_id = rules.rule_id
    left join {{ ref('audit_thresholds') }} as thresholds
        on overrides.rule_id = thresholds.rule_id and overrides.threshold_name = thresholds.threshold_name
    left join {{ ref('dim_teams_current') }} as teams
        on overrides.team_name = teams.team_name and not teams.is_unknown and teams.is_retired is not true

),

told as (

    select
        'seeds/audit_threshold_overrides.csv: '
        || string_agg(distinct line || ': ' || problem, '; ' order by line || ': ' || problem) as problems
    from judged
    where problem is not null

)

select problems
from told
where cast(problems as integer) is not null

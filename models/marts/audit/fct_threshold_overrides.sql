{%- set both = ['pipeline', 'dataset'] %}
{%- set subjects = {
    'pipeline': {'model': 'dim_pipelines_current', 'name': 'pipeline_name', 'concerns': ['pipeline']},
    'task': {'model': 'dim_tasks_current', 'name': 'subject_name', 'concerns': ['pipeline']},
    'dataset': {'model': 'dim_datasets_current', 'name': 'subject_name', 'concerns': ['dataset']},
    'check': {'model': 'dim_checks', 'name': 'subject_name', 'concerns': both},
    'contract': {'model': 'dim_contracts_current', 'name': 'contract_id', 'concerns': []},
    'service_level': {'model': 'dim_service_levels_current', 'name': 'service_level_name', 'concerns': both},
    'alert_rule': {'model': 'dim_alert_rules_current', 'name': 'rule_name', 'concerns': []},
    'incident': {'model': 'fct_incidents', 'name': 'incident_id', 'concerns': both},
} %}

with

overrides as (

    select * from {{ ref('audit_threshold_overrides') }}

),

thresholds as (

    select * from {{ ref('audit_thresholds') }}

),

subjects as (

    {% for entity, subject in subjects.items() -%}
        select
            '{{ entity | replace('_', ' ') }}' as subject_type,
            {{ entity }}_key as subject_key,
            {{ subject.name }} as subject_name,
            team_key,
            {{ 'pipeline_key' if 'pipeline' in subject.concerns else unknown_key() }} as pipeline_key,
            {{ 'dataset_key' if 'dataset' in subject.concerns else unknown_key() }} as dataset_key
        from {{ ref(subject.model) }}
        where {{ entity }}_key <> {{ unknown_key() }}
        {{ 'union all' if not loop.last }}
    {% endfor -%}

),

-- A contract has no dataset of its own; its clauses have.
concerned as (

    select
        subject_key,
        pipeline_key as concerned_key
    from subjects
    union all
    select
        subject_key,
        dataset_key as concerned_key
    from subjects
    union all
    select
        contract_key as subject_key,
        dataset_key as concerned_key
    from {{ ref('dim_contract_clauses_current') }}
    where is_in_force

),

tiers as (

    select
        concerned.subject_key,
        min(assets.tier) as tier
    from concerned
    inner join {{ ref('int_registry_assets__matched') }} as assets on concerned.concerned_key = assets.subject_key
    group by 1

),

matched as (

    select
        overrides.*,
        thresholds.subject_type,
        subjects.subject_key,
        subjects.subject_name,
        row_number() over (
            partition by overrides.rule_id, overrides.threshold_name, subjects.subject_key
            order by
                case when overrides.tier is not null then 3 when overrides.team_name is not null then 2 else 1 end asc,
                length(overrides.subject_pattern) desc,
                overrides.subject_pattern asc
        ) as place
    from overrides
    inner join thresholds
        on overrides.rule_id = thresholds.rule_id and overrides.threshold_name = thresholds.threshold_name
    inner join subjects on thresholds.subject_type = subjects.subject_type
    left join {{ ref('dim_teams_current') }} as teams on subjects.team_key = teams.team_key
    left join tiers on subjects.subject_key = tiers.subject_key
    where
        subjects.subject_name like overrides.subject_pattern escape '\'
        or teams.team_name = overrides.team_name
        or tiers.tier = overrides.tier

),

final as (

    select
        {{ surrogate_key(['rule_id', 'threshold_name', 'subject_key']) }} as threshold_override_key,
        cast(rule_id as text) as rule_id,
        cast(threshold_name as text) as threshold_name,
        cast(subject_type as text) as subject_type,
        cast(subject_key as uuid) as subject_key,
        cast(subject_name as text) as subject_name,
        cast(threshold_value as numeric(18, 4)) as threshold_value,
        cast(coalesce(subject_pattern, 'team ' || team_name, 'tier ' || tier) as text) as overridden_for,
        cast(reason as text) as reason
    from matched
    where place = 1

)

select * from final

{%- set kinds = {
    'dataset': {'from': 'reached', 'to': 'datasets', 'key': 'dataset_key', 'name': 'subject_name'},
    'pipeline': {'from': 'readers', 'to': 'pipelines', 'key': 'pipeline_key', 'name': 'pipeline_name'},
    'exposure': {'from': 'reached', 'to': 'exposures', 'key': 'dataset_key', 'name': 'subject_name'},
    'service_level': {'from': 'reached', 'to': 'service_levels', 'key': 'dataset_key', 'name': 'service_level_name'},
    'service_level of a pipeline': {
        'from': 'readers', 'to': 'service_levels', 'key': 'pipeline_key', 'name': 'service_level_name',
    },
} %}

with

reached as (

    select * from {{ ref('proposed_reaches') }}

),

readers as (

    select * from {{ ref('proposed_readers') }}

),

datasets as (

    select * from {{ ref('dim_datasets_current') }}
    where not is_unknown

),

pipelines as (

    select * from {{ ref('dim_pipelines_current') }}
    where not is_unknown

),

exposures as (

    select * from {{ ref('proposed_exposures') }}

),

service_levels as (

    select * from {{ ref('dim_service_levels_current') }}
    where not is_unknown

),

teams as (

    select * from {{ ref('dim_teams_current') }}
    where not is_unknown

),

owned as (
    {% for kind, given in kinds.items() %}
        select
            reaching.proposed_change_key,
            '{{ kind.split()[0] }}' as hit_type,
            hits.{{ given.name }} as hit_name,
            hits.team_key,
            reaching.depth
        from {{ given.from }} as reaching
        inner join {{ given.to }} as hits on reaching.{{ given.key }} = hits.{{ given.key }}
        {%- if kind == 'dataset' %}
            -- What changes itself is what is read, and not what is hit.
            where reaching.depth > 0
        {%- endif %}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

unioned as (

    select
        owned.proposed_change_key,
        owned.hit_type,
        owned.hit_name,
        teams.team_name,
        owned.depth
    from owned
    left join teams on owned.team_key = teams.team_key
    union all
    select
        owned.proposed_change_key,
        'team' as hit_type,
        teams.team_name as hit_name,
        teams.team_name,
        owned.depth
    from owned
    inner join teams on owned.team_key = teams.team_key

),

final as (

    select
        {{ surrogate_key(['proposed_change_key', 'hit_type', 'hit_name']) }} as proposed_hit_key,
        cast(proposed_change_key as uuid) as proposed_change_key,
        cast(hit_type as text) as hit_type,
        cast(hit_name as text) as hit_name,
        cast(min(team_name) as text) as team_name,
        cast(min(depth) as integer) as depth
    from unioned
    group by proposed_change_key, hit_type, hit_name

)

select * from final

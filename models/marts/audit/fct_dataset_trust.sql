{%- set criteria = ['fresh', 'valid', 'promised', 'alerted'] %}
{%- set why_not = {
    'fresh': "'Too old, or not delivered, by '", 'valid': "'The last result is no pass: '",
    'promised': "'No contract and no service level in force is of it'", 'alerted': "'Nobody hears of a failure of '",
} %}
{%- set why_unknown = {
    'fresh': "'Nothing that is promised and measured says how old it may be.'",
    'valid': "'No check of its data has given a result.'",
    'promised': "'No feed tells of promises.'",
    'alerted': "'No job is known to write it, or who hears of its failures cannot be told.'",
} %}

with

datasets as (
    select * from {{ ref('dim_datasets_current') }}
    where not is_unknown and not is_retired
),

as_of as (
    select * from {{ ref('int_sources__as_of') }}
    where source_name = '*'
),

answered as (
    select * from {{ ref('fct_dataset_criteria') }}
),

promises as (
    select service_level_key as promise_key
    from {{ ref('dim_service_levels_current') }}
    where not is_unknown and not is_retired
    union all
    select contract_key as promise_key
    from {{ ref('dim_contracts_current') }}
    where not is_unknown and not is_retired
),

owned_datasets as (
    select dataset_key
    from datasets
    where team_key <> {{ unknown_key() }}
),

-- Where nothing at all is promised, or nothing is owned, its feed may be missing.
heard_of as (
    select
        (select count(*) from promises) as promise_count,
        (select count(*) from owned_datasets) as owner_count
),

judged as (
    select
        datasets.dataset_key,
        datasets.dataset_version_key,
        datasets.team_key,
        as_of.as_of_at,
        case
            when datasets.team_key <> {{ unknown_key() }} then 'yes'
            when heard_of.owner_count > 0 then 'no'
            else 'cannot_tell'
        end as owned,
    {%- for name in criteria %}
        case
            when {{ name }}.no_count > 0 then 'no'
            {%- if name == 'alerted' %}
                -- One job whose failures may go unheard is enough.
                when {{ name }}.cannot_tell_count > 0 then 'cannot_tell'
            {%- endif %}
            when {{ name }}.yes_count > 0 then 'yes'
            {%- if name == 'promised' %}
                when heard_of.promise_count > 0 then 'no'
            {%- endif %}
            else 'cannot_tell'
        end as {{ name }},
        {{ name }}.no_witnesses as {{ name }}_witnesses{{ ',' if not loop.last }}
    {%- endfor %}
    from datasets
    cross join as_of
    cross join heard_of
    {%- for name in criteria %}
        left join answered as {{ name }}
            on datasets.dataset_key = {{ name }}.dataset_key and {{ name }}.criterion = '{{ name }}'
    {%- endfor %}
),

final as (
    select
        cast(dataset_key as uuid) as dataset_key,
        cast(dataset_version_key as uuid) as dataset_version_key,
        cast(team_key as uuid) as team_key,
        cast(as_of_at as timestamp) as as_of_at,
        {%- for name in criteria %}
            cast({{ name }} as text) as {{ name }}_state,
            cast(
                case {{ name }}
                    when 'no' then {{ why_not[name] }} || coalesce({{ name }}_witnesses, '') || '.'
                    when 'cannot_tell' then {{ why_unknown[name] }}
                end as text
            ) as {{ name }}_reason,
        {%- endfor %}
        cast(owned as text) as owned_state,
        cast(
            case owned
                when 'no' then 'No team owns it.'
                when 'cannot_tell' then 'No dataset has an owner that is known.'
            end as text
        ) as owned_reason
    from judged
)

select * from final

with

episodes as (

    select * from {{ ref('fct_finding_episodes') }}
    where status <> 'closed'

),

counted as (

    select
        located_in,
        count(*) filter (where subject_type = 'dataset') as downstream_dataset_count,
        count(*) filter (where subject_type = 'team') as downstream_team_count,
        count(*) filter (where subject_type = 'service level') as service_level_count,
        count(*) filter (where subject_type = 'exposure') as exposure_count
    from {{ ref('bridge_blast_radii') }}
    group by 1

),

places as (

    select
        located_in,
        false as is_known
    from episodes
    union all
    select
        located_in,
        true as is_known
    from {{ ref('bridge_finding_datasets') }}

),

known as (

    select
        located_in,
        bool_or(is_known) as is_known
    from places
    group by 1

),

-- Where lineage knows no dataset of it, it cannot be told what is made of it.
final as (

    select
        cast(known.located_in as uuid) as located_in,
        {%- for name in ['downstream_dataset_count', 'downstream_team_count', 'exposure_count'] %}
            cast(case when known.is_known then coalesce(counted.{{ name }}, 0) end as bigint) as {{ name }},
        {%- endfor %}
        cast(
            case
                when known.is_known or counted.service_level_count > 0 then coalesce(counted.service_level_count, 0)
            end as bigint
        ) as service_level_count
    from known
    left join counted on known.located_in = counted.located_in

)

select * from final

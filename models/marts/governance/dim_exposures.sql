-- depends_on: {{ ref('dim_teams_current') }}
with

exposures as (

    select * from {{ ref('int_exposures__defined') }}

),

teams as (

    select * from {{ ref('int_teams__resolved') }}

),

members as (

    select
        exposures.exposure_key,
        exposures.source_name,
        exposures.project_name,
        exposures.exposure_name,
        exposures.subject_name,
        exposures.exposure_type,
        exposures.maturity,
        exposures.url,
        exposures.description,
        coalesce(teams.team_key, {{ unknown_key() }}) as team_key,
        false as is_unknown
    from exposures
    left join teams on exposures.owner_name = teams.owner_name
    union all
    select
        {{ unknown_key() }} as exposure_key,
        cast(null as text) as source_name,
        cast(null as text) as project_name,
        'unknown' as exposure_name,
        'unknown' as subject_name,
        cast(null as text) as exposure_type,
        cast(null as text) as maturity,
        cast(null as text) as url,
        cast(null as text) as description,
        {{ unknown_key() }} as team_key,
        true as is_unknown

),

final as (

    select
        cast(exposure_key as uuid) as exposure_key,
        cast(source_name as text) as source_name,
        cast(project_name as text) as project_name,
        cast(exposure_name as text) as exposure_name,
        cast(subject_name as text) as subject_name,
        cast(exposure_type as text) as exposure_type,
        cast(maturity as text) as maturity,
        cast(url as text) as url,
        cast(description as text) as description,
        cast(team_key as uuid) as team_key,
        cast(is_unknown as boolean) as is_unknown,
        cast(false as boolean) as is_retired
    from members

)

select * from final

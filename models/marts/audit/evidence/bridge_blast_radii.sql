with

outputs as (

    select * from {{ ref('bridge_finding_datasets') }}

),

service_levels as (

    select * from {{ ref('dim_service_levels_current') }}
    where valid_to = cast('9999-12-31' as timestamp) and not is_unknown and is_retired is not true

),

made as (

    select
        outputs.located_in,
        outputs.dataset_key,
        datasets.team_key
    from outputs
    inner join {{ ref('dim_datasets_current') }} as datasets on outputs.dataset_key = datasets.dataset_key
    where outputs.depth > 0

),

exposed as (

    select
        outputs.located_in,
        exposures.exposure_key,
        exposures.team_key
    from outputs
    inner join {{ ref('bridge_exposure_datasets') }} as links on outputs.dataset_key = links.dataset_key
    inner join {{ ref('dim_exposures') }} as exposures on links.exposure_key = exposures.exposure_key

),

hit as (

    select
        located_in,
        'dataset' as subject_type,
        dataset_key as subject_key
    from made
    union
    select
        located_in,
        'team' as subject_type,
        team_key as subject_key
    from made
    union
    select
        located_in,
        'team' as subject_type,
        team_key as subject_key
    from exposed
    union
    select
        located_in,
        'exposure' as subject_type,
        exposure_key as subject_key
    from exposed
    union
    select
        outputs.located_in,
        'service level' as subject_type,
        service_levels.service_level_key as subject_key
    from outputs
    inner join service_levels on outputs.dataset_key = service_levels.dataset_key
    -- A promise of when a pipeline delivers is one of what it writes.
    union
    select
        outputs.located_in,
        'service level' as subject_type,
        service_levels.service_level_key as subject_key
    from outputs
    inner join {{ ref('bridge_pipeline_datasets') }} as uses on outputs.dataset_key = uses.dataset_key
    inner join service_levels on uses.pipeline_key = service_levels.pipeline_key
    where uses.last_written_at is not null
    union
    select
        places.cause_in as located_in,
        'service level' as subject_type,
        service_levels.service_level_key as subject_key
    from {{ ref('bridge_finding_places') }} as places
    inner join service_levels on places.effect_in = service_levels.pipeline_key
    where places.depth = 0

),

final as (

    select
        {{ surrogate_key(['located_in', 'subject_type', 'subject_key']) }} as blast_radius_key,
        cast(located_in as uuid) as located_in,
        cast(subject_type as text) as subject_type,
        cast(subject_key as uuid) as subject_key
    from hit
    where subject_key <> {{ unknown_key() }}

)

select * from final

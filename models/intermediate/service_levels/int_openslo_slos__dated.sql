with

objects as (

    select * from {{ ref('int_openslo_objects__dated') }}

),

slos as (

    select * from {{ ref('stg_openslo__slos') }}

),

dated_slos as (

    select
        slos.*,
        objects.valid_from,
        objects.valid_to
    from objects
    inner join slos
        on
            objects.source_name = slos.source_name
            and objects.source_file = slos.source_file
            and objects.load_id = slos.load_id
            and objects.object_number = slos.object_number
    where objects.kind = 'SLO'

),

slis as (

    select * from objects
    where kind = 'SLI'

),

-- An SLO is another from when the indicator that it names is another.
turns as (

    select
        source_name,
        source_file,
        load_id,
        object_number,
        valid_from as turned_at
    from dated_slos
    union
    select
        dated_slos.source_name,
        dated_slos.source_file,
        dated_slos.load_id,
        dated_slos.object_number,
        slis.valid_from as turned_at
    from dated_slos
    inner join slis on dated_slos.source_name = slis.source_name and dated_slos.indicator_ref = slis.object_name
    where slis.valid_from > dated_slos.valid_from and slis.valid_from < dated_slos.valid_to
    union
    select
        dated_slos.source_name,
        dated_slos.source_file,
        dated_slos.load_id,
        dated_slos.object_number,
        slis.valid_to as turned_at
    from dated_slos
    inner join slis on dated_slos.source_name = slis.source_name and dated_slos.indicator_ref = slis.object_name
    where slis.valid_to > dated_slos.valid_from and slis.valid_to < dated_slos.valid_to

),

parts as (

    select
        *,
        lead(turned_at) over (
            partition by source_name, source_file, load_id, object_number order by turned_at
        ) as next_turned_at
    from turns

),

final as (

    select
        cast(parts.source_name as text) as source_name,
        cast(parts.source_file as text) as source_file,
        cast(parts.load_id as text) as load_id,
        cast(parts.object_number as bigint) as object_number,
        cast(coalesce(slis.source_file, parts.source_file) as text) as indicator_source_file,
        cast(coalesce(slis.load_id, parts.load_id) as text) as indicator_load_id,
        cast(coalesce(slis.object_number, parts.object_number) as bigint) as indicator_object_number,
        cast(parts.turned_at as timestamp) as valid_from,
        cast(coalesce(parts.next_turned_at, dated_slos.valid_to) as timestamp) as valid_to
    from parts
    inner join dated_slos
        on
            parts.source_name = dated_slos.source_name
            and parts.source_file = dated_slos.source_file
            and parts.load_id = dated_slos.load_id
            and parts.object_number = dated_slos.object_number
    left join slis
        on
            dated_slos.source_name = slis.source_name
            and dated_slos.indicator_ref = slis.object_name
            and parts.turned_at >= slis.valid_from
            and parts.turned_at < slis.valid_to

)

select * from final

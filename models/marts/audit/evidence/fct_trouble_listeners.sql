with

troubles as (

    select * from {{ ref('fct_troubles') }}

),

told as (

    select * from {{ ref('fct_trouble_sources') }}

),

sources as (

    select distinct source_name from {{ ref('int_alert_sources__heard') }}

),

silent as (

    select distinct
        troubles.trouble_key,
        silences.source_name
    from troubles
    cross join sources
    inner join {{ ref('fct_alert_source_silences') }} as silences
        on
            sources.source_name = silences.source_name
            and troubles.hear_from_at < silences.silent_until
            and troubles.tell_by_at > silences.silent_from

),

-- Where nobody told of it before, any source might.
heard as (

    select
        troubles.trouble_key,
        count(sources.source_name) as source_count,
        count(*) filter (where told.is_own_source) as own_source_count,
        count(*) filter (where silent.source_name is null) as listening_count,
        string_agg(sources.source_name, ', ' order by sources.source_name) filter (
            where told.is_own_source and silent.source_name is not null
        ) as silent_own_sources
    from troubles
    cross join sources
    left join silent
        on
            troubles.trouble_key = silent.trouble_key
            and sources.source_name = silent.source_name
    left join told
        on
            troubles.trouble_key = told.trouble_key
            and sources.source_name = told.source_name
    group by 1

),

final as (

    select
        cast(trouble_key as uuid) as trouble_key,
        cast(source_count as bigint) as source_count,
        cast(own_source_count as bigint) as own_source_count,
        cast(listening_count as bigint) as listening_count,
        cast(silent_own_sources as text) as silent_own_sources
    from heard

)

select * from final

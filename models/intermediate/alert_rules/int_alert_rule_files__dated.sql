with

files as (

    select * from {{ ref('stg_alert_rules__files') }}

),

ordered as (

    select
        *,
        lag(loaded_at) over (partition by source_name, source_file order by loaded_at) as loaded_before_at,
        row_number() over (partition by source_name, source_file order by loaded_at) as state_number,
        row_number() over (partition by source_name, source_file order by loaded_at desc) as number_from_last
    from files

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(source_file as text) as source_file,
        cast(state_number as bigint) as state_number,
        cast(content_sha256 as text) as content_sha256,
        -- A file is changed when it says so, unless it was loaded with other content after that.
        cast(
            case
                when loaded_before_at is null then cast('1900-01-01' as timestamp)
                when modified_at > loaded_before_at then least(modified_at, loaded_at)
                else loaded_at
            end as timestamp
        ) as changed_at,
        cast(number_from_last = 1 as boolean) as is_last
    from ordered

)

select * from final

-- depends_on: {{ ref('dim_datasets') }}
-- depends_on: {{ ref('dim_exposures') }}
with

exposure_datasets as (

    select * from {{ ref('int_exposure_datasets__named') }}

),

final as (

    select
        {{ surrogate_key(['exposure_key', 'dataset_key']) }} as exposure_dataset_key,
        cast(exposure_key as uuid) as exposure_key,
        cast(dataset_key as uuid) as dataset_key
    from exposure_datasets

)

select * from final

{#- A dataset that got another key took it in every run that names it. -#}
{% macro runs_of_moved_datasets() -%}
    select kept.pipeline_run_key
    from {{ this }} as kept
    where kept.dataset_key in (
        select cast(unnest(string_to_array(former_dataset_keys, ',')) as uuid)
        from {{ ref('int_datasets__resolved') }}
        where former_dataset_keys is not null
    )
{%- endmacro %}

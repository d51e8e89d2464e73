{#- A service level that is no more, or holds no more on a day, has no slices there. -#}
{% macro forget_slices() -%}
    {%- if execute and is_incremental() -%}
        delete from {{ this }} as kept
        where not exists (
            select 1
            from {{ built_relation('int_service_level_days__evidenced') }} as evidenced
            where
                evidenced.service_level_version_key = kept.service_level_version_key
                and evidenced.evidenced_on = kept.slice_on
        )
    {%- endif -%}
{%- endmacro %}

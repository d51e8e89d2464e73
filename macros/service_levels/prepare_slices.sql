{#- What is built from nothing needs every day, also where only it is built. A day on which the service level is no more in
    force, or not known any more, has no slices. -#}
{% macro prepare_slices() -%}
    {%- if execute -%}
        {%- set evidenced = built_relation('int_service_level_days__evidenced') -%}
        {%- if not is_incremental() -%}
            update {{ evidenced }} set is_rebuilt = true, is_read = true where not (is_rebuilt and is_read)
        {%- else -%}
            delete from {{ this }} as kept
            where not exists (
                select 1
                from {{ evidenced }} as evidenced
                where
                    evidenced.service_level_version_key = kept.service_level_version_key
                    and evidenced.evidenced_on = kept.slice_on
            )
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

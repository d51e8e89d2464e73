{% macro record_increments_version() -%}
    {%- if execute and model.config.materialized == 'incremental' and increments_version(this) != var('increments_version') -%}
        comment on table {{ this }} is 'increments version {{ var("increments_version") }}'
    {%- endif -%}
{%- endmacro %}

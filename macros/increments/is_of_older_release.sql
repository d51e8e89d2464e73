{% macro is_of_older_release() %}

{%- set existing = adapter.get_relation(this.database, this.schema, this.identifier) -%}
{%- if not existing or not existing.is_table or increments_version(existing) >= var('increments_version') -%}
    {{ return(false) }}
{%- endif -%}
{%- set days = retention_days(this.identifier) -%}
{%- set raw_days = retention_days('raw') -%}
{%- if raw_days is not none and model.config.meta.get('retained_by') and (days is none or days > raw_days) -%}
    {%- do exceptions.raise_compiler_error(
        this.identifier ~ " was built by an older release and has to be made anew, which loses its rows from before the "
        ~ raw_days ~ " days for which raw is kept (retention_days). Take a backup of it, then say so: "
        ~ "dbt build --full-refresh."
    ) -%}
{%- endif -%}
{{ return(true) }}

{% endmacro %}

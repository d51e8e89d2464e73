{#- One hook, because dbt takes as long for a hook without a statement as for a view. -#}
{% macro finish_model() -%}
    {%- set statements = [] -%}
    {%- for statement in [end_increment(), create_missing_indexes(), analyze_table(), record_increments_version()]
        if statement | trim -%}
        {%- do statements.append(statement | trim) -%}
    {%- endfor -%}
    {{ statements | join(';\n') }}
{%- endmacro %}

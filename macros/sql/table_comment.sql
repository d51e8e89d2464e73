{% macro table_comment(relation) -%}
    {{ return(adapter.dispatch('table_comment', 'plumbline')(relation)) }}
{%- endmacro %}

{% macro default__table_comment(relation) -%}
    {{ return(run_query(
        "select max(comment) from duckdb_tables() where database_name = '" ~ relation.database ~ "' and schema_name = '"
        ~ relation.schema ~ "' and table_name = '" ~ relation.identifier ~ "'"
    ).rows[0][0]) }}
{%- endmacro %}

{% macro postgres__table_comment(relation) -%}
    {{ return(run_query("select obj_description(to_regclass('" ~ relation ~ "'), 'pg_class')").rows[0][0]) }}
{%- endmacro %}

{#- The index of a primary key is read, changed all over, as keys are hashes, and written in each increment: a cost that grows with
    history. Readers have no use for it here, and the tests of the key say the same. -#}
{% macro duckdb__get_table_columns_and_constraints() %}

{%- set primary_key = ['primary_key'] -%}
{%- set columns = {} -%}
{%- for name, column in model.columns.items() -%}
    {%- set kept = column.constraints | rejectattr('type', 'in', primary_key) | list -%}
    {%- do columns.update({name: dict(column, constraints=kept)}) -%}
{%- endfor -%}
{%- set others = model.constraints | rejectattr('type', 'in', primary_key) | list -%}
{%- set rendered = adapter.render_raw_columns_constraints(raw_columns=columns)
    + adapter.render_raw_model_constraints(raw_constraints=others) -%}
({{ rendered | join(', ') }})

{% endmacro %}

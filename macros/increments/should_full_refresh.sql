{#- In place of dbt's own. So every build of a new release, also a bare one, makes anew what it must, each model by
    itself, so that one that was stopped goes on. Members of dimensions are compared at each build anyway, by their key. dbt
    asks many times of a model, and the answer must not change while it is built: it is kept. -#}
{% macro should_full_refresh() %}

{%- set is_asked_for = dbt.should_full_refresh() -%}
{%- if is_asked_for or not execute or model.config.materialized != 'incremental' or this is none -%}
    {{ return(is_asked_for) }}
{%- endif -%}
{%- if 'is_of_older_release' not in model -%}
    {%- set is_dimension = model.config.incremental_strategy == 'keep_members' -%}
    {%- do model.update(is_of_older_release=lacks_its_key() if is_dimension else is_of_older_release()) -%}
{%- endif -%}
{{ return(model.is_of_older_release) }}

{% endmacro %}

{% macro create_missing_indexes() -%}
    {{ return(adapter.dispatch('create_missing_indexes', 'plumbline')()) }}
{%- endmacro %}

{% macro default__create_missing_indexes() -%}
{%- endmacro %}

{#- The name holds the table's oid, so that a table that is kept has each index once, and one that replaces another
    has all of its own before it is seen. -#}
{% macro postgres__create_missing_indexes() -%}
    {%- set indexes = model.config.meta.get('reader_indexes', []) -%}
    {%- if indexes %}
do $indexes$
declare
    index_name text;
begin
    {%- for index in indexes %}
    {%- set definition -%}
    ({{ index.columns | join(', ') }})
        {%- if index.include %} include ({{ index.include | join(', ') }}){% endif -%}
        {%- if index.where %} where {{ index.where }}{% endif %}
    {%- endset %}
    index_name := left('{{ this.identifier }}', 40) || '_' || left(md5(
        cast(cast('{{ this }}' as regclass) as oid) || $definition${{ definition }}$definition$
    ), 12);
    if to_regclass(format('%I.%I', '{{ this.schema }}', index_name)) is null then
        execute format('create index %I on {{ this }} ', index_name) || $definition${{ definition }}$definition$;
    end if;
    {%- endfor %}
end
$indexes$
    {%- endif -%}
{%- endmacro %}

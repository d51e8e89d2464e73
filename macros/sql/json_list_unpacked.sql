{% macro json_list_unpacked(relation, column, parts, columns) -%}
    {{ return(adapter.dispatch('json_list_unpacked', 'plumbline')(relation, column, parts, columns)) }}
{%- endmacro %}

{#- Worked out inside a lateral join that is kept apart, the columns are remembered with a list that comes again. -#}
{% macro default__json_list_unpacked(relation, column, parts, columns) -%}
    select
        {{ relation }}.*,
        unpacked_elements.*
    from {{ relation }}
    cross join lateral (
        select
            entry_index
            {%- for name, expression in columns.items() %},
            {{ expression }} as {{ name }}
            {%- endfor %}
        from (
            select
                entry_index,
                entry
                {%- for name, expression in parts.items() %},
                {{ expression }} as {{ name }}
                {%- endfor %}
            from (
                select
                    elements.element_index as entry_index,
                    elements.element as entry
                from (select 1) as one
                {{ plumbline.default__json_list_elements(relation ~ '.' ~ column, 'elements') }}
            ) as entries
        ) as parted_entries
        offset 0
    ) as unpacked_elements
{%- endmacro %}

{% macro duckdb__json_list_unpacked(relation, column, parts, columns) -%}
    select
        *
        {%- for name, expression in columns.items() %},
        {{ expression }} as {{ name }}
        {%- endfor %}
    from (
        select
            *
            {%- for name, expression in parts.items() %},
            {{ expression }} as {{ name }}
            {%- endfor %}
        from (
            select
                {{ relation }}.*,
                elements.element_index as entry_index,
                elements.element as entry
            from {{ relation }}
            {{ plumbline.duckdb__json_list_elements(relation ~ '.' ~ column, 'elements') }}
        ) as entries
    ) as parted_entries
{%- endmacro %}

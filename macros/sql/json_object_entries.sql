{% macro json_object_entries(column, alias) -%}
    {{ return(adapter.dispatch('json_object_entries', 'plumbline')(column, alias)) }}
{%- endmacro %}

{% macro default__json_object_entries(column, alias) -%}
    cross join lateral jsonb_each(
        case when jsonb_typeof(cast({{ column }} as jsonb)) = 'object' then cast({{ column }} as jsonb) else cast('{}' as jsonb) end
    ) as {{ alias }} (entry_name, entry_value)
{%- endmacro %}

{% macro duckdb__json_object_entries(column, alias) -%}
    cross join lateral (
        select
            entry.key as entry_name,
            entry.value as entry_value
        from (
            select unnest(map_entries(from_json({{ column }}, '"MAP(VARCHAR, JSON)"'))) as entry
        ) as entries
    ) as {{ alias }}
{%- endmacro %}

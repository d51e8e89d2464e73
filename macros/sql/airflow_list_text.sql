{% macro airflow_list_text(value) -%}
    {{ return(adapter.dispatch('airflow_list_text', 'plumbline')(value)) }}
{%- endmacro %}

{% macro default__airflow_list_text(value) -%}
    case jsonb_typeof(cast({{ value }} as jsonb))
        when 'array' then coalesce(
            (
                select string_agg(item.element #>> '{}', ', ' order by item.element_index)
                from jsonb_array_elements(cast({{ value }} as jsonb)) with ordinality as item (element, element_index)
            ),
            ''
        )
        else {{ plumbline.json_scalar_text('cast(' ~ value ~ ' as jsonb)') }}
    end
{%- endmacro %}

{% macro duckdb__airflow_list_text(value) -%}
    case json_type({{ value }})
        when 'ARRAY' then array_to_string(from_json({{ value }}, '["VARCHAR"]'), ', ')
        else {{ plumbline.json_scalar_text(value) }}
    end
{%- endmacro %}

{% macro json_list_join(parsed, path, names, sorted=false) -%}
    {{ return(adapter.dispatch('json_list_join', 'plumbline')(parsed, path, names, sorted)) }}
{%- endmacro %}

{% macro default__json_list_join(parsed, path, names, sorted) -%}
    {%- set list -%} {{ plumbline.default__json_field(parsed, path) }} {%- endset -%}
    {%- set text -%}
    concat_ws(' '{% for name in names %}, element.value ->> '{{ name }}'{% endfor %})
    {%- endset -%}
    {#- A list that is not there is seen before anything is unnested. -#}
    case
        when jsonb_typeof({{ list }}) = 'array'
            then (
                {%- if sorted %}
                select string_agg(distinct {{ text }} collate "C", ', ' order by {{ text }} collate "C")
                {%- else %}
                select string_agg({{ text }}, ', ' order by element.ordinality)
                {%- endif %}
                from jsonb_array_elements({{ list }}) with ordinality as element (value, ordinality)
                where jsonb_typeof(element.value) = 'object' and {{ text }} <> ''
            )
    end
{%- endmacro %}

{% macro duckdb__json_list_join(parsed, path, names, sorted) -%}
    {%- set list -%} {{ plumbline.duckdb__json_field(parsed, path) }} {%- endset -%}
    {%- set texts -%}
    list_filter(list_transform({{ list }}, lambda element: concat_ws(' '
        {%- for name in names %}, element."{{ name }}"{% endfor %})), lambda element: element <> '')
    {%- endset -%}
    {%- if sorted %}
    {#- Most lists have one element, which costs a fraction of what sorting a list does. -#}
    case
        when len({{ list }}) > 1
            then nullif(array_to_string(list_sort(list_distinct({{ texts }})), ', '), '')
        else nullif(concat_ws(' '{% for name in names %}, {{ list }}[1]."{{ name }}"{% endfor %}), '')
    end
    {%- else %}
    nullif(array_to_string({{ texts }}, ', '), '')
    {%- endif %}
{%- endmacro %}

{% macro unpivoted_lists(relation, columns, lists) -%}
    {{ return(adapter.dispatch('unpivoted_lists', 'plumbline')(relation, columns, lists)) }}
{%- endmacro %}

{#- A list that comes again and again is unnested once and remembered, which the planner does for lateral joins alone. -#}
{% macro default__unpivoted_lists(relation, columns, lists) -%}
    select
        {{ columns | join(',
        ') }},
        lists.role,
        lists.list
    from {{ relation }}
    cross join lateral (
        values
        {%- for role, list in lists.items() %}
            ('{{ role }}', {{ list }}){{ ',' if not loop.last }}
        {%- endfor %}
    ) as lists (role, list)
{%- endmacro %}

{#- A lateral join would first make the documents distinct. -#}
{% macro duckdb__unpivoted_lists(relation, columns, lists) -%}
    select
        {{ columns | join(',
        ') }},
        roles.role,
        case roles.role
        {%- for role, list in lists.items() %}
            when '{{ role }}' then {{ list }}
        {%- endfor %}
        end as list
    from {{ relation }}
    cross join (select unnest({{ lists | list }}) as role) as roles
{%- endmacro %}

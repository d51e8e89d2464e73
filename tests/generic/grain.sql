{% test grain(model, columns, never_null=[]) %}

    select
        {{ columns | join(', ') }},
        {%- for column in never_null %}
        count(*) - count({{ column }}) as {{ column }}_nulls,
        {%- endfor %}
        count(*) as row_count
    from {{ model }}
    group by {{ columns | join(', ') }}
    having
        count(*) > 1
        {%- for column in never_null %}
        or count({{ column }}) < count(*)
        {%- endfor %}

{% endtest %}

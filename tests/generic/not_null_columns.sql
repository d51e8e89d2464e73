{% test not_null_columns(model, columns) %}

    select {{ columns | join(', ') }}
    from {{ model }}
    where {{ columns | join(' is null or ') }} is null

{% endtest %}

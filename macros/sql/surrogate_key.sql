{#- Texts stand behind each other, each ended by a separator and with a mark for null. A text that holds the separator, or is the
    mark, would be taken for other texts: then their lengths are added. -#}
{% macro surrogate_key(expressions) -%}
    {%- set texts = [] -%}
    {%- for expression in expressions %}{% do texts.append('cast(' ~ expression ~ ' as text)') %}{% endfor -%}
    cast(md5(
        concat_ws(chr(31){% for text in texts %}, coalesce({{ text }}, chr(30)){% endfor %})
        || case
            when strpos(concat({{ texts | join(', ') }}), chr(31)) > 0 or chr(30) in ({{ texts | join(', ') }})
                then chr(31)
                {%- for text in texts %} || coalesce(cast(length({{ text }}) as text), '-') || ','{% endfor %}
            else ''
        end
    ) as uuid)
{%- endmacro %}

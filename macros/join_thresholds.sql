{#- Left, and beside a single row: what is planned for many subjects then stays as it is where nothing is overridden. -#}
{% macro join_thresholds(subject_key, thresholds='thresholds') -%}
    inner join {{ thresholds }} as default_{{ thresholds }} on default_{{ thresholds }}.subject_key is null
    left join {{ thresholds }} on {{ subject_key }} = {{ thresholds }}.subject_key
{%- endmacro %}

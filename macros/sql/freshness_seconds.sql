{% macro freshness_seconds(parsed, path) -%}
    {{ plumbline.to_number(plumbline.json_field_text(parsed, path + ['count'])) }}
    * case lower({{ plumbline.json_field_text(parsed, path + ['period']) }})
        when 'minute' then 60
        when 'hour' then 3600
        when 'day' then 86400
    end
{%- endmacro %}

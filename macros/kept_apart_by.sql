{% macro kept_apart_by(relation) -%}
    (
        select string_agg(listed.tag, ', ' order by listed.tag)
        from (select unnest(string_to_array(lower({{ relation }}.tags), ', ')) as tag) as listed
        where listed.tag ~ '^(env|environment|stage|tenant|customer|client|brand|market|country|region|site|shard|partition|variant|experiment|ab|ab_test)\s*[:=].*$'
    )
{%- endmacro %}

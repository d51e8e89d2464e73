{% macro dbt_relation_key(node) -%}
    case
        when
            {{ node }}.resource_type in ('model', 'seed', 'snapshot', 'source')
            and coalesce({{ node }}.materialized, '') <> 'ephemeral'
            then lower(concat_ws(
                '.',
                nullif({{ node }}.database_name, ''),
                nullif({{ node }}.schema_name, ''),
                {{ node }}.relation_identifier
            ))
    end
{%- endmacro %}

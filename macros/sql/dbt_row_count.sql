{% macro dbt_row_count(rows_affected, response_code, materialized, query_id) -%}
    case
        when {{ materialized }} = 'view' then null
        when {{ response_code }} <> 'SUCCESS' then {{ rows_affected }}
        when
            {{ query_id }} is not null
            and {{ materialized }} in ('incremental', 'snapshot')
            and {{ rows_affected }} <> 1
            then {{ rows_affected }}
    end
{%- endmacro %}

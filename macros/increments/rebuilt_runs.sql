{% macro rebuilt_runs(further=[]) -%}
    select pipeline_run_key from {{ ref('int_pipeline_runs__touched') }}
    {%- for query in (further if is_incremental() else []) %}
    union
    {{ query }}
    {%- endfor %}
{%- endmacro %}

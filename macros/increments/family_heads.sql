{% macro family_heads(identified, named) -%}
    select run_id from {{ named }}
    where run_id is not null
    union
    select host_run_id as run_id from {{ identified }}
    where openlineage_run_id in (select run_id from {{ named }})
    union
    select top_run_id as run_id from {{ identified }}
    where openlineage_run_id in (select run_id from {{ named }}) and top_run_id is not null
{%- endmacro %}

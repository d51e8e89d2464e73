{#- A run that is touched may have no rows any more, so its old rows go whether or not new ones come. A row that
    belongs to no run in the table is known by its own key. -#}
{% macro get_incremental_rebuild_touched_runs_sql(arg_dict) %}

{%- set names = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
{%- set key = arg_dict['unique_key'] -%}

delete from {{ arg_dict['target_relation'] }}
where pipeline_run_key in (
    select pipeline_run_key from {{ arg_dict['temp_relation'] }}
    union
    select pipeline_run_key from {{ built_relation('int_pipeline_runs__touched') }}
);

{% if key and key != 'pipeline_run_key' %}
delete from {{ arg_dict['target_relation'] }}
where {{ key }} in (select {{ key }} from {{ arg_dict['temp_relation'] }});
{% endif %}

insert into {{ arg_dict['target_relation'] }} ({{ names }})
select {{ names }} from {{ arg_dict['temp_relation'] }}

{% endmacro %}

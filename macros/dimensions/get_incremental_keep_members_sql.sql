{#- Nothing is deleted here, so that who reads a fact during a build finds every member that it refers to. -#}
{% macro get_incremental_keep_members_sql(arg_dict) %}

{%- set key = adapter.quote(arg_dict['unique_key']) -%}
{%- set names = arg_dict['dest_columns'] | map(attribute='quoted') | list -%}
{%- set others = names | reject('equalto', key) | list -%}
{%- set member_key = config.get('meta', {}).get('member_key') -%}

update {{ arg_dict['target_relation'] }} as kept
set
    is_retired = true
    {%- if member_key %},
    valid_to = valid_from
    {%- endif %}
where
    is_retired is not true
    and not exists (select 1 from {{ arg_dict['temp_relation'] }} as fresh where fresh.{{ key }} = kept.{{ key }});

{% if member_key %}
update {{ arg_dict['target_relation'] }} as kept
set is_current = false
where
    is_retired
    and is_current
    and exists (
        select 1 from {{ arg_dict['temp_relation'] }} as fresh where fresh.{{ member_key }} = kept.{{ member_key }}
    );
{% endif %}

update {{ arg_dict['target_relation'] }} as kept
set
    {% for name in others -%}
    {{ name }} = fresh.{{ name }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ arg_dict['temp_relation'] }} as fresh
where
    fresh.{{ key }} = kept.{{ key }}
    and (
        {% for name in others -%}
        {{ 'or ' if not loop.first }}fresh.{{ name }} is distinct from kept.{{ name }}
        {% endfor %}
    );

insert into {{ arg_dict['target_relation'] }} ({{ names | join(', ') }})
select {{ names | join(', ') }}
from {{ arg_dict['temp_relation'] }} as fresh
where not exists (select 1 from {{ arg_dict['target_relation'] }} as kept where kept.{{ key }} = fresh.{{ key }})

{% endmacro %}

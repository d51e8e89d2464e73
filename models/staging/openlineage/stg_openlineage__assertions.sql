{%- set fields = {
    'name': 'text', 'assertion': 'text', 'expectationType': 'text', 'type': 'text', 'column': 'text',
    'severity': 'text', 'success': 'text', 'status': 'text', 'expected': 'text', 'actual': 'text',
} -%}
{%- set kinds = {
    'assertion': {'table': 'event_datasets', 'column': 'assertions', 'type': 'assertion'},
    'expectation': {'table': 'event_datasets', 'column': 'gx_assertions', 'type': 'expectationType'},
    'test': {'table': 'events', 'column': 'tests', 'type': 'type'},
} %}

with

event_datasets as (

    select * from {{ ref('stg_openlineage__event_datasets') }}

),

events as (

    select * from {{ ref('stg_openlineage__events') }}

),
{% for kind, given in kinds.items() %}
    {{ kind }}_lists as (

        select
            event_key,
            source_name,
            run_id,
            event_at,
            is_terminal,
            {%- if given.table == 'events' %}
                cast(null as text) as role,
                cast(null as integer) as dataset_index,
                cast(null as text) as dataset_namespace,
                cast(null as text) as dataset_name,
            {%- else %}
                role,
                dataset_index,
                dataset_namespace,
                dataset_name,
            {%- endif %}
            {{ json_parse(given.column, [fields]) }} as list
        from {{ given.table }}
        where {{ given.column }} is not null

    ),
{% endfor %}
assertions as (
    {% for kind, given in kinds.items() %}
        select
            {{ kind }}_lists.event_key,
            {{ kind }}_lists.source_name,
            {{ kind }}_lists.run_id,
            {{ kind }}_lists.event_at,
            {{ kind }}_lists.is_terminal,
            {{ kind }}_lists.role,
            {{ kind }}_lists.dataset_index,
            {{ kind }}_lists.dataset_namespace,
            {{ kind }}_lists.dataset_name,
            '{{ kind }}' as assertion_kind,
            {{ json_field_text('elements.element', [given.type]) }} as assertion_type,
            elements.element_index as assertion_index,
            elements.element as assertion
        from {{ kind }}_lists
        {{ json_list_elements(kind ~ '_lists.list', 'elements') }}
        {% if not loop.last %}
            union all
        {% endif %}
    {%- endfor %}
),

-- An event may come twice.
final as (

    select distinct
        event_key,
        source_name,
        run_id,
        event_at,
        is_terminal,
        role,
        dataset_index,
        dataset_namespace,
        dataset_name,
        assertion_kind,
        cast(assertion_index as integer) as assertion_index,
        {{ json_field_text('assertion', ['name']) }} as assertion_name,
        assertion_type,
        {{ json_field_text('assertion', ['column']) }} as column_name,
        lower({{ json_field_text('assertion', ['severity']) }}) as severity,
        lower({{ json_field_text('assertion', ['status']) }}) as status,
        case coalesce(
            lower({{ json_field_text('assertion', ['status']) }}), {{ json_field_text('assertion', ['success']) }}
        )
            when 'pass' then true
            when 'true' then true
            when 'fail' then false
            when 'false' then false
        end as is_success,
        {{ json_field_text('assertion', ['expected']) }} as expected,
        {{ json_field_text('assertion', ['actual']) }} as actual
    from assertions

)

select * from final

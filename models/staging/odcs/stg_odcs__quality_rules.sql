{{ config(materialized='table') }}

{%- set operators = [
    'mustBe', 'mustNotBe', 'mustBeGreaterThan', 'mustBeGreaterOrEqualTo', 'mustBeLessThan', 'mustBeLessOrEqualTo',
    'mustBeBetween', 'mustNotBeBetween',
] %}
{%- set shape = {
    'type': 'text', 'name': 'text', 'description': 'text', 'metric': 'text', 'rule': 'text', 'arguments': 'json',
    'query': 'text', 'engine': 'text', 'implementation': 'json', 'unit': 'text', 'dimension': 'text',
    'severity': 'text', 'scheduler': 'text', 'schedule': 'text',
} %}
{%- for operator in operators %}{% do shape.update({operator: 'text'}) %}{% endfor %}

with objects as (

    select * from {{ ref('stg_odcs__schema_objects') }}

),

properties as (

    select * from {{ ref('stg_odcs__properties') }}

),

holders as (

    select
        document_key,
        object_index,
        cast(null as text) as property_position,
        quality_rules
    from objects
    union all
    select
        document_key,
        object_index,
        property_position,
        quality_rules
    from properties

),

rules as (

    select
        holders.document_key,
        holders.object_index,
        holders.property_position,
        rule.element_index as rule_index,
        rule.element as quality_rule
    from holders
    {{ json_array_elements('holders.quality_rules', 'rule', shape) }}

),

final as (

    select
        cast(document_key as uuid) as document_key,
        cast(object_index as integer) as object_index,
        cast(property_position as text) as property_position,
        cast(rule_index as integer) as rule_index,
        cast(coalesce({{ json_field_text('quality_rule', ['type']) }}, 'library') as text) as rule_type,
        cast({{ json_field_text('quality_rule', ['name']) }} as text) as rule_name,
        cast({{ json_field_text('quality_rule', ['description']) }} as text) as description,
        cast(coalesce(
            {{ json_field_text('quality_rule', ['metric']) }}, {{ json_field_text('quality_rule', ['rule']) }}
        ) as text) as metric,
        cast({{ json_field('quality_rule', ['arguments']) }} as json) as metric_arguments,
        cast({{ json_field_text('quality_rule', ['query']) }} as text) as query,
        cast({{ json_field_text('quality_rule', ['engine']) }} as text) as engine,
        cast({{ json_field('quality_rule', ['implementation']) }} as json) as implementation,
        cast(nullif(concat_ws(
            ', '
            {%- for operator in operators %}
                {%- set value = json_field_text('quality_rule', [operator]) %},
                '{{ operator }} '
                || case when left({{ value }}, 1) = '[' then replace({{ value }}, ' ', '') else {{ value }} end
            {%- endfor %}
        ), '') as text) as expectation,
        cast({{ json_field_text('quality_rule', ['unit']) }} as text) as unit,
        cast({{ json_field_text('quality_rule', ['dimension']) }} as text) as quality_dimension,
        cast(lower({{ json_field_text('quality_rule', ['severity']) }}) as text) as severity,
        cast({{ json_field_text('quality_rule', ['scheduler']) }} as text) as scheduler,
        cast({{ json_field_text('quality_rule', ['schedule']) }} as text) as schedule
    from rules

)

select * from final

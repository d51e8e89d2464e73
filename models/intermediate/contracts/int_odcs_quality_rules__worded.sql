with

contracts as (

    select * from {{ ref('int_contracts__resolved') }}
    where document_key is not null

),

objects as (

    select * from {{ ref('stg_odcs__schema_objects') }}

),

properties as (

    select * from {{ ref('stg_odcs__properties') }}

),

rules as (

    select
        *,
        {{ json_parse('implementation', {'type': 'text', 'expectation_type': 'text'}) }} as tool_rule
    from {{ ref('stg_odcs__quality_rules') }}

),

-- A rule is known by its name, or else by what it asks; of a tool's own rule the tool names the check.
final as (

    select
        cast(contracts.contract_version_key as uuid) as contract_version_key,
        cast(rules.object_index as integer) as object_index,
        cast(objects.object_name as text) as object_name,
        cast('quality' as text) as clause_kind,
        cast(concat_ws('.', rules.property_position, 'rule', cast(rules.rule_index as text)) as text)
            as clause_position,
        cast(properties.property_path as text) as property_path,
        cast(
            case when properties.depth = 1 then coalesce(properties.physical_name, properties.property_name) end as text
        ) as column_name,
        cast(coalesce(
            rules.rule_name,
            {{ json_field_text('tool_rule', ['type']) }},
            {{ json_field_text('tool_rule', ['expectation_type']) }}
        ) as text) as clause_name,
        cast(
            concat_ws(
                ' ',
                coalesce(
                    case rules.rule_type when 'library' then rules.metric when 'sql' then rules.query end,
                    rules.description, rules.engine, rules.rule_type
                ),
                rules.expectation,
                rules.unit
            ) as text
        ) as expectation,
        cast(null as text) as accepted_types,
        -- A check that tolerates nothing tests only a rule that tolerates nothing.
        cast(
            case
                when
                    rules.rule_type = 'library'
                    and coalesce(rules.expectation, 'mustBe 0') in ('mustBe 0', 'mustBeLessOrEqualTo 0')
                    then rules.metric
            end as text
        ) as metric,
        cast(rules.severity as text) as severity,
        cast(null as text) as service_level_name
    from contracts
    inner join rules on contracts.document_key = rules.document_key
    inner join objects on rules.document_key = objects.document_key and rules.object_index = objects.object_index
    left join properties
        on
            rules.document_key = properties.document_key
            and rules.object_index = properties.object_index
            and rules.property_position = properties.property_position
    -- A text is for people, and nothing could test it.
    where rules.rule_type is distinct from 'text'

)

select * from final

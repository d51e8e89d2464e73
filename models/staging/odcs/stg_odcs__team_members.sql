with contracts as (

    select * from {{ ref('stg_odcs__contracts') }}

),

members as (

    select
        contracts.document_key,
        contracts.team_name,
        member.element_index as member_index,
        member.element as member
    from contracts
    {{ json_array_elements('contracts.team_members', 'member', {
        'username': 'text', 'name': 'text', 'role': 'text', 'dateIn': 'text', 'dateOut': 'text',
        'replacedByUsername': 'text',
    }) }}

),

final as (

    select
        cast(document_key as uuid) as document_key,
        cast(member_index as integer) as member_index,
        cast(team_name as text) as team_name,
        cast({{ json_field_text('member', ['username']) }} as text) as username,
        cast({{ json_field_text('member', ['name']) }} as text) as member_name,
        cast({{ json_field_text('member', ['role']) }} as text) as member_role,
        cast({{ parse_timestamp(json_field_text('member', ['dateIn'])) }} as date) as joined_on,
        cast({{ parse_timestamp(json_field_text('member', ['dateOut'])) }} as date) as left_on,
        cast({{ json_field_text('member', ['replacedByUsername']) }} as text) as replaced_by_username
    from members

)

select * from final

{%- set sides = {'before': 'previous_schema_md5', 'after': 'schema_md5'} %}
{%- set step = ['dataset_key', 'version_number'] %}

with

schema_versions as (

    select * from {{ ref('int_dataset_schemas__versioned') }}

),

-- One producer may write a name in several letter cases.
schema_columns as (

    select
        schema_md5,
        lower(column_name) as folded_name,
        min(column_name collate "C") as column_name,
        min(lower(data_type) collate "C") as data_type,
        min(ordinal_position) as ordinal_position
    from {{ ref('int_dataset_columns__unioned') }}
    group by 1, 2

),

changed_versions as (

    select * from schema_versions
    where previous_schema_md5 is not null

),

{% for side, schema_md5 in sides.items() -%}
    columns_{{ side }} as (

        select
            changed_versions.dataset_key,
            changed_versions.version_number,
            schema_columns.folded_name,
            schema_columns.column_name,
            schema_columns.data_type,
            schema_columns.ordinal_position
        from changed_versions
        inner join schema_columns on changed_versions.{{ schema_md5 }} = schema_columns.schema_md5

    ),

{% endfor -%}
compared as (

    select
        {%- for column in step %}
            coalesce(columns_after.{{ column }}, columns_before.{{ column }}) as {{ column }},
        {%- endfor %}
        {%- for side in sides %}
            columns_{{ side }}.column_name as column_name_{{ side }},
            columns_{{ side }}.data_type as data_type_{{ side }},
            columns_{{ side }}.ordinal_position as ordinal_position_{{ side }},
        {%- endfor %}
        columns_before.column_name is not null and columns_after.column_name is not null as is_kept
    from columns_after
    full outer join columns_before
        on
            columns_after.dataset_key = columns_before.dataset_key
            and columns_after.version_number = columns_before.version_number
            and columns_after.folded_name = columns_before.folded_name

),

-- What is added or dropped moves no column that stays: its place is that among those that stay.
placed as (

    select
        {%- for side in sides %}
            row_number() over (
                partition by dataset_key, version_number, is_kept
                order by ordinal_position_{{ side }}, column_name_{{ side }} collate "C"
            ) as place_{{ side }},
        {%- endfor %}
        *
    from compared

),

final as (

    select
        cast(placed.dataset_key as uuid) as dataset_key,
        cast(placed.version_number as integer) as version_number,
        cast(versions.first_seen_at as timestamp) as changed_at,
        cast(versions.feed as text) as feed,
        cast(versions.source_name as text) as source_name,
        cast(versions.observer as text) as observer,
        {%- for side in sides %}
            cast(placed.column_name_{{ side }} as text) as column_name_{{ side }},
            cast(placed.data_type_{{ side }} as text) as data_type_{{ side }},
            -- Only a catalog gives the columns their order; events list them in any.
            cast(case when versions.feed = 'dbt' then placed.ordinal_position_{{ side }} end as integer)
                as ordinal_position_{{ side }},
        {%- endfor %}
        cast(
            coalesce(versions.feed = 'dbt' and placed.is_kept and placed.place_before <> placed.place_after, false)
            as boolean
        ) as is_moved
    from placed
    inner join changed_versions as versions
        on placed.dataset_key = versions.dataset_key and placed.version_number = versions.version_number

)

select * from final

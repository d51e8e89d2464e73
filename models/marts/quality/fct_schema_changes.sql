-- depends_on: {{ ref('dim_columns') }}
with

changes as (

    select * from {{ ref('int_schema_changes__detected') }}

),

datasets as (

    select * from {{ ref('dim_datasets') }}

),

writes as (

    select * from {{ ref('fct_dataset_writes') }}

),

last_writes as (

    select
        changes.schema_change_key,
        writes.pipeline_key,
        row_number() over (
            partition by changes.schema_change_key
            order by writes.written_at desc, writes.dataset_write_key asc
        ) as recency
    from changes
    inner join writes
        on
            changes.dataset_key = writes.dataset_key
            and changes.changed_at >= writes.written_at

),

final as (

    select
        cast(changes.schema_change_key as uuid) as schema_change_key,
        cast(changes.dataset_key as uuid) as dataset_key,
        cast(datasets.dataset_version_key as uuid) as dataset_version_key,
        {{ surrogate_key(['changes.dataset_key', 'changes.column_name']) }} as column_key,
        cast(coalesce(last_writes.pipeline_key, {{ unknown_key() }}) as uuid) as pipeline_key,
        cast(datasets.team_key as uuid) as team_key,
        cast(changes.source_name as text) as source_name,
        {{ date_member('changes.changed_at') }} as changed_on,
        cast(changes.changed_at as timestamp) as changed_at,
        cast(changes.change_kind as text) as change_kind,
        cast(changes.column_name as text) as column_name,
        cast(changes.data_type_before as text) as data_type_before,
        cast(changes.data_type_after as text) as data_type_after,
        cast(changes.observer as text) as observer
    from changes
    inner join datasets
        on
            changes.dataset_key = datasets.dataset_key
            and changes.changed_at >= datasets.valid_from
            and changes.changed_at < datasets.valid_to
    left join last_writes
        on
            changes.schema_change_key = last_writes.schema_change_key
            and last_writes.recency = 1
    {{ only_retained(['changes.changed_at']) }}

)

select * from final

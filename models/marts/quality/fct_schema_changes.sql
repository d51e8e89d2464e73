with

changes as (

    select * from {{ ref('int_schema_changes__judged') }}

),

explanations as (

    select * from {{ ref('int_schema_changes__explained') }}

),

readers as (

    select
        schema_change_key,
        count(*) filter (where is_reader) as reader_count,
        bool_and(known_by = 'column_lineage') as is_known_by_column
    from {{ ref('int_schema_changes__column_read') }}
    group by 1

),

datasets as (

    select * from {{ ref('dim_datasets') }}

),

columns as (

    select * from {{ ref('dim_columns') }}

),

pipelines as (

    select * from {{ ref('dim_pipelines_current') }}

),

contracts as (

    select * from {{ ref('dim_contracts') }}

),

final as (

    select
        cast(changes.schema_change_key as uuid) as schema_change_key,
        cast(changes.dataset_key as uuid) as dataset_key,
        cast(datasets.dataset_version_key as uuid) as dataset_version_key,
        cast(coalesce(columns.column_key, {{ unknown_key() }}) as uuid) as column_key,
        cast(coalesce(pipelines.pipeline_key, {{ unknown_key() }}) as uuid) as pipeline_key,
        cast(datasets.team_key as uuid) as team_key,
        cast(coalesce(contracts.contract_key, {{ unknown_key() }}) as uuid) as contract_key,
        cast(coalesce(contracts.contract_version_key, {{ unknown_key() }}) as uuid) as contract_version_key,
        cast(changes.source_name as text) as source_name,
        {{ date_member('changes.changed_at') }} as changed_on,
        cast(changes.changed_at as timestamp) as changed_at,
        cast(changes.change_kind as text) as change_kind,
        cast(changes.is_breaking as boolean) as is_breaking,
        cast(changes.column_name as text) as column_name,
        cast(changes.column_name_before as text) as column_name_before,
        cast(changes.data_type_before as text) as data_type_before,
        cast(changes.data_type_after as text) as data_type_after,
        cast(changes.ordinal_position_before as integer) as ordinal_position_before,
        cast(changes.ordinal_position_after as integer) as ordinal_position_after,
        cast(changes.is_nullable_before as boolean) as is_nullable_before,
        cast(changes.is_nullable_after as boolean) as is_nullable_after,
        cast(explanations.explained_by as text) as explained_by,
        cast(explanations.deployed_at as timestamp) as deployed_at,
        cast(explanations.deployed_version as text) as deployed_version,
        cast(
            case
                when readers.reader_count is null then 'cannot_tell'
                when readers.is_known_by_column then 'column_lineage'
                else 'dataset_reads'
            end as text
        ) as readers_known_by,
        cast(readers.reader_count as bigint) as reader_count,
        cast(changes.observer as text) as observer
    from changes
    inner join explanations on changes.schema_change_key = explanations.schema_change_key
    inner join datasets
        on
            changes.dataset_key = datasets.dataset_key
            and changes.changed_at >= datasets.valid_from
            and changes.changed_at < datasets.valid_to
    left join columns
        on changes.dataset_key = columns.dataset_key and changes.column_name = columns.column_name
    left join pipelines on explanations.pipeline_key = pipelines.pipeline_key
    left join contracts on explanations.contract_version_key = contracts.contract_version_key
    left join readers on changes.schema_change_key = readers.schema_change_key
    {{ only_retained(['changes.changed_at']) }}

)

select * from final

{{ config(materialized='table') }}

{%- set core = "split_part(split_part(ltrim(contract_version, 'vV'), '-', 1), '+', 1)" %}

with

documents as (

    select
        *,
        coalesce(contract_status, '') not in ('proposed', 'draft', 'retired') as is_binding
    from {{ ref('stg_odcs__contracts') }}

),

-- A contract stands in a file until the file holds another state of it.
states as (

    select
        source_name,
        contract_id,
        source_file,
        loaded_at,
        lead(loaded_at) over (partition by source_name, contract_id, source_file order by loaded_at) as replaced_at
    from documents
    group by 1, 2, 3, 4

),

moments as (

    select distinct
        source_name,
        contract_id,
        loaded_at as changed_at
    from documents

),

standing as (

    select
        moments.changed_at,
        documents.*
    from moments
    inner join states
        on
            moments.source_name = states.source_name
            and moments.contract_id = states.contract_id
            and moments.changed_at >= states.loaded_at
            and (states.replaced_at is null or moments.changed_at < states.replaced_at)
    inner join documents
        on
            states.source_name = documents.source_name
            and states.contract_id = documents.contract_id
            and states.source_file = documents.source_file
            and states.loaded_at = documents.loaded_at

),

-- Of all that stands in files, what binds comes first, then the highest version.
ranked as (

    select
        *,
        row_number() over (
            partition by source_name, contract_id, changed_at
            order by
                is_binding desc,
                {%- for part in (1, 2, 3) %}
                    {{ to_bigint("split_part(" ~ core ~ ", '.', " ~ part ~ ")") }} desc nulls last,
                {%- endfor %}
                case when contract_version like '%-%' then 1 else 0 end asc,
                contract_version collate "C" desc,
                loaded_at desc,
                contract_created_at desc nulls last,
                document_sha256 asc,
                source_file collate "C" asc,
                document_index asc
        ) as document_rank
    from standing

),

compared as (

    select
        *,
        lag(document_sha256) over (
            partition by source_name, contract_id order by changed_at
        ) as previous_sha256
    from ranked
    where document_rank = 1

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(contract_id as text) as contract_id,
        cast(document_key as uuid) as document_key,
        cast(
            case when previous_sha256 is null then cast('1900-01-01' as timestamp) else changed_at end as timestamp
        ) as valid_from,
        cast(
            coalesce(
                lead(changed_at) over (partition by source_name, contract_id order by changed_at),
                cast('9999-12-31' as timestamp)
            ) as timestamp
        ) as valid_to,
        lead(changed_at) over (partition by source_name, contract_id order by changed_at) is null as is_current
    from compared
    where previous_sha256 is null or previous_sha256 <> document_sha256

)

select * from final

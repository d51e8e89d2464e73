{{ config(materialized='table') }}

with

sightings as (
    select distinct
        dataset_namespace,
        dataset_name
    from {{ ref('int_datasets__sighted') }}
),

stores as (
    select * from {{ ref('dataset_stores') }}
),

aliases as (
    select * from {{ ref('dataset_aliases') }}
),

symlinks as (
    select
        dataset_namespace,
        dataset_name,
        min(symlink_namespace) as symlink_namespace,
        min(symlink_name) as symlink_name
    from {{ ref('int_openlineage_datasets__described') }}
    where symlink_name is not null
    group by 1, 2
    -- A path that stands for several tables stands for none of them.
    having count(distinct symlink_namespace || ' ' || symlink_name) = 1
),

followed as (
    select
        sightings.dataset_namespace,
        sightings.dataset_name,
        coalesce(aliases.canonical_namespace, symlinks.symlink_namespace, sightings.dataset_namespace) as namespace,
        coalesce(aliases.canonical_name, symlinks.symlink_name, sightings.dataset_name) as name
    from sightings
    left join aliases
        on
            sightings.dataset_namespace = aliases.dataset_namespace
            and sightings.dataset_name = aliases.dataset_name
    left join symlinks
        on
            sightings.dataset_namespace = symlinks.dataset_namespace
            and sightings.dataset_name = symlinks.dataset_name
),

tidied as (
    select
        dataset_namespace,
        dataset_name,
        regexp_replace(regexp_replace(namespace, '^postgresql://', 'postgres://'), '(.)/$', '\1') as namespace,
        -- Quotes around the parts of a name are the engine's way to write it; others belong to it.
        regexp_replace(
            case
                when name ~ '^(("[^"]+"|`[^`]+`|[^"`.]+)(\.|$))+$' then translate(name, '"`', '')
                else name
            end,
            '(.)/$', '\1'
        ) as name
    from followed
),

folded as (
    select
        tidied.dataset_namespace,
        tidied.dataset_name,
        case
            when stores.default_port is not null
                and tidied.namespace like '%://%'
                and tidied.namespace not like '%://%:%'
                then tidied.namespace || ':' || cast(stores.default_port as text)
            else tidied.namespace
        end as canonical_namespace,
        case stores.case_folding
            when 'lower' then lower(tidied.name)
            when 'upper' then upper(tidied.name)
            else tidied.name
        end as canonical_name
    from tidied
    left join stores on split_part(tidied.namespace, '://', 1) = stores.scheme
),

previous as (
    {{ previous_rows(
        previous_build_of('int_datasets__resolved', ['former_dataset_keys']),
        {'dataset_namespace': 'text', 'dataset_name': 'text', 'dataset_key': 'uuid', 'former_dataset_keys': 'text'}
    ) }}
),

keyed as (
    select
        {{ surrogate_key(['canonical_namespace', 'canonical_name']) }} as dataset_key,
        *
    from folded
),

final as (
    select
        cast(keyed.dataset_key as uuid) as dataset_key,
        cast({{ former_keys('keyed', 'dataset_key', 'former_dataset_keys') }} as text) as former_dataset_keys,
        cast(keyed.dataset_namespace as text) as dataset_namespace,
        cast(keyed.dataset_name as text) as dataset_name,
        cast(keyed.canonical_namespace as text) as canonical_namespace,
        cast(keyed.canonical_name as text) as canonical_name
    from keyed
    left join previous
        on keyed.dataset_namespace = previous.dataset_namespace and keyed.dataset_name = previous.dataset_name
)

select * from final

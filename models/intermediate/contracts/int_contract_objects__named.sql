{{ config(materialized='table') }}

{%- set ports = {
    'postgres': 5432, 'redshift': 5439, 'mysql': 3306, 'trino': 8080, 'hive': 10000, 'mssql': 1433, 'oracle': 1521,
} %}
{%- set schemes = {
    'postgresql': 'postgres', 'cloudsql': 'postgres', 'sqlserver': 'mssql', 'synapse': 'mssql', 'presto': 'trino',
    'databricks': 'unitycatalog',
} %}

with

objects as (

    select * from {{ ref('stg_odcs__schema_objects') }}

),

servers as (

    select
        *,
        coalesce(location, path) as address,
        case server_type
            {%- for server_type, scheme in schemes.items() %}
                when '{{ server_type }}' then '{{ scheme }}'
            {%- endfor %}
            else server_type
        end as scheme
    from {{ ref('stg_odcs__servers') }}

),

-- A physical name may bring the schema, or the database too; what it does not bring is the server's.
combined as (

    select
        objects.document_key,
        objects.object_index,
        servers.server_index,
        servers.environment,
        servers.scheme,
        servers.host,
        servers.account,
        servers.port,
        servers.address,
        coalesce(objects.physical_name, objects.object_name) as physical_name,
        length(coalesce(objects.physical_name, objects.object_name))
        - length(replace(coalesce(objects.physical_name, objects.object_name), '.', '')) as dots,
        coalesce(servers.catalog_name, servers.project_name, servers.database_name) as database_name,
        case
            when servers.scheme in ('mysql', 'hive') then servers.database_name
            else coalesce(servers.schema_name, servers.dataset_name)
        end as schema_name
    from objects
    inner join servers on objects.document_key = servers.document_key

),

named as (

    select
        document_key,
        object_index,
        server_index,
        scheme,
        coalesce(environment, '') in ('prod', 'prd', 'production', 'live') as is_production,
        case
            when scheme = 'bigquery' then 'bigquery'
            when scheme = 'snowflake' then 'snowflake://' || account
            when scheme in ('local', 'file') then 'file'
            when scheme = 'kafka' then 'kafka://' || split_part(host, ',', 1)
            when address like '%://%' then split_part(address, '/', 1) || '//' || split_part(address, '/', 3)
            {%- for scheme, port in ports.items() %}
                when scheme = '{{ scheme }}' and host not like '%:%'
                    then '{{ scheme }}://' || host || ':' || coalesce(port, '{{ port }}')
            {%- endfor %}
            else scheme || '://' || host || coalesce(':' || port, '')
        end as dataset_namespace,
        case
            when scheme in ('local', 'file') then address
            when scheme = 'kafka' then physical_name
            when address like '%://%'
                then substr(address, length(split_part(address, '/', 3)) + strpos(address, '://') + 4)
            when scheme in ('mysql', 'hive') and dots = 0 then schema_name || '.' || physical_name
            when dots = 0 then database_name || '.' || schema_name || '.' || physical_name
            when dots = 1 and scheme not in ('mysql', 'hive') then database_name || '.' || physical_name
            else physical_name
        end as dataset_name
    from combined

),

final as (

    select
        cast(document_key as uuid) as document_key,
        cast(object_index as integer) as object_index,
        cast(server_index as integer) as server_index,
        cast(scheme as text) as scheme,
        cast(is_production as boolean) as is_production,
        cast(dataset_namespace as text) as dataset_namespace,
        cast(nullif(rtrim(dataset_name, '/'), '') as text) as dataset_name
    from named

)

select * from final

{%- set ports = {
    'postgres': 5432, 'redshift': 5439, 'mysql': 3306, 'trino': 8080, 'hive': 10000, 'mssql': 1433, 'oracle': 1521,
} %}
{%- set relational = "('snowflake', 'unitycatalog', '" ~ ports | join("', '") ~ "')" %}

with assets as (
    select * from {{ ref('stg_airflow__assets') }}
),

inlets as (
    select * from {{ ref('int_airflow_inlets__unpacked') }}
),

uris as (
    select
        source_name,
        uri
    from assets
    union
    select
        source_name,
        uri
    from inlets
),

split as (
    select
        source_name,
        uri,
        case when uri like '%://%' then lower(split_part(uri, '://', 1)) end as uri_scheme,
        split_part(substr(uri, strpos(uri, '://') + 3), '?', 1) as remainder
    from uris
),

located as (
    select
        source_name,
        uri,
        remainder,
        case uri_scheme
            when 'postgresql' then 'postgres'
            when 's3a' then 's3'
            when 's3n' then 's3'
            when 'gcs' then 'gs'
            else uri_scheme
        end as uri_scheme,
        split_part(remainder, '/', 1) as authority,
        rtrim(substr(remainder, length(split_part(remainder, '/', 1)) + 2), '/') as uri_path
    from split
),

-- A login in a URI is no part of the dataset's name; in abfss the part before @ is the container.
addressed as (
    select
        *,
        case
            when uri_scheme in ('abfs', 'abfss', 'wasb', 'wasbs') then authority
            when authority like '%@%' then split_part(authority, '@', 2)
            else authority
        end as host
    from located
),

final as (
    select
        cast(source_name as text) as source_name,
        cast(uri as text) as uri,
        cast(
            case
                when uri_scheme is null then 'airflow://' || source_name
                when uri_scheme = 'bigquery' then 'bigquery'
                when uri_scheme = 'file' and host in ('', 'localhost') then 'file'
                {%- for scheme, port in ports.items() %}
                    when
                        uri_scheme = '{{ scheme }}' and host not like '%:%'
                        then '{{ scheme }}://' || host || ':{{ port }}'
                {%- endfor %}
                else uri_scheme || '://' || host
            end as text
        ) as dataset_namespace,
        cast(
            case
                when uri_scheme is null then uri
                when uri_scheme = 'bigquery' then host || '.' || replace(uri_path, '/', '.')
                when uri_scheme = 'file' then '/' || uri_path
                when uri_scheme in {{ relational }} then replace(uri_path, '/', '.')
                when uri_path = '' then '/'
                else uri_path
            end as text
        ) as dataset_name
    from addressed
)

select * from final

{#- The events are read as often as they are named, because they are too wide to be held. Producers are few, so their
    addresses are taken apart once each. -#}
{% macro first_openlineage_deliveries() -%}
    deliveries as not materialized (

        select * from {{ source('openlineage', 'events') }}
        {{ only_loaded_since('_loaded_at') }}

    ),

    first_deliveries as (

        {{ first_of_repeated(
            'deliveries', ['event_md5', '_source_name'], ['_loaded_at', '_load_id', '_source_file']
        ) }}

    ),

    producers as (

        select
            producer,
            {{ producer_name('producer') }} as producer_name
        from deliveries
        group by producer

    ),
{%- endmacro %}

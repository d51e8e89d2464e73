{% macro adopt_airflow_replica(replicas, database=none) -%}
    {%- for source in graph.sources.values() if source.source_name == 'airflow' %}
        {%- set view = api.Relation.create(
            database=source.database, schema=source.schema, identifier=source.identifier, type='view'
        ) %}
        {%- set selects = [] %}
        {%- for name, schema in replicas.items() %}
            {%- if not adapter.check_schema_exists(database or source.database, schema) %}
                {%- do exceptions.raise_compiler_error("There is no schema " ~ schema ~ " for " ~ name ~ ".") %}
            {%- endif %}
            {%- set table = load_relation(api.Relation.create(
                database=database or source.database, schema=schema, identifier=source.name
            )) %}
            {%- do selects.append(airflow_replica_select(source, name, table)) %}
        {%- endfor %}
        {%- set existing = load_relation(view) %}
        {%- if existing and existing.is_table %}
            {%- set count = run_query('select count(*) from ' ~ existing).columns[0].values()[0] %}
            {%- if count > 0 %}
                {%- do exceptions.raise_compiler_error(
                    existing ~ " holds " ~ count ~ " loaded rows. Set the variable airflow_schema to give the"
                    ~ " replica's views a schema of their own."
                ) %}
            {%- endif %}
        {%- endif %}
        {%- do adapter.create_schema(view) %}
        {%- if existing %}
            {%- do adapter.drop_relation(existing) %}
        {%- endif %}
        {%- do run_query('create view ' ~ view ~ ' as ' ~ selects | join(' union all ')) %}
        {%- do log(view ~ ' reads ' ~ source.name ~ ' of ' ~ replicas.values() | join(', '), info=true) %}
    {%- endfor %}
{%- endmacro %}

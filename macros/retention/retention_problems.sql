{% macro retention_problems() %}

{%- set given = var('retention_days') or {} -%}
{%- if given is not mapping -%}
    {{ return(["dbt_project.yml: retention_days: must hold names and days, such as {raw: 400}, not " ~ given ~ "."]) }}
{%- endif -%}

{%- set problems = [] -%}
{%- set facts = retained_facts() -%}
{%- for name, days in given.items() -%}
    {%- set key = "dbt_project.yml: retention_days." ~ name ~ ": " -%}
    {%- if name != 'raw' and name not in facts -%}
        {%- do problems.append(key ~ "is none of raw, " ~ facts.keys() | sort | join(', ') ~ ".") -%}
    {%- elif days is not integer or days < 1 -%}
        {%- do problems.append(key ~ "must be a whole number of days from 1 on, not " ~ days ~ ".") -%}
    {%- endif -%}
{%- endfor -%}

{%- set as_of = graph.nodes['model.plumbline.int_sources__as_of'] -%}
{%- if not adapter.get_relation(as_of.database, as_of.schema, as_of.alias) -%}
    {%- do problems.append("The warehouse holds nothing to purge yet: run 'plumbline run' first.") -%}
{%- else -%}
    {%- set older = relations_of_older_versions() -%}
    {%- if older -%}
        {%- do problems.append(
            "The warehouse was built by another version of plumbline: " ~ older[0]
            ~ (" and " ~ (older | length - 1) ~ " more lack" if older | length > 1 else " lacks")
            ~ " what this one reads. Start 'plumbline run' first, without --select."
        ) -%}
    {%- endif -%}
{%- endif -%}
{%- if problems -%}
    {{ return(problems) }}
{%- endif -%}

{%- set thresholds = graph.nodes['seed.plumbline.audit_thresholds'].relation_name -%}
{%- set overrides = graph.nodes['seed.plumbline.audit_threshold_overrides'] -%}
{%- set days_of_rules = "select threshold_value from " ~ thresholds ~ " where unit = 'days'" -%}
{%- if adapter.get_relation(overrides.database, overrides.schema, overrides.alias) -%}
    {%- set days_of_rules = days_of_rules ~ " union all select overrides.threshold_value from "
        ~ overrides.relation_name ~ " as overrides inner join " ~ thresholds ~ " as thresholds"
        ~ " on overrides.rule_id = thresholds.rule_id and overrides.threshold_name = thresholds.threshold_name"
        ~ " where thresholds.unit = 'days'"
    -%}
{%- endif -%}
{%- set looked_back = run_query(
    "select cast(ceil(max(threshold_value)) as integer) from (" ~ days_of_rules ~ ") as days_of_rules"
).rows[0][0] | int -%}
{%- for name, days in given.items() if days <= looked_back -%}
    {%- do problems.append(
        "dbt_project.yml: retention_days." ~ name ~ ": must be more than " ~ looked_back
        ~ " days, which rules of the audit look back (seeds/audit_thresholds.csv, seeds/audit_threshold_overrides.csv)."
    ) -%}
{%- endfor -%}

{%- for name, fact in facts.items() -%}
    {%- for reference in fact.references if reference.is_of_same_name and reference.to in given -%}
        {%- if name not in given or given[name] > given[reference.to] -%}
            {%- do problems.append(
                "dbt_project.yml: retention_days." ~ name ~ ": must be at most " ~ given[reference.to] ~ " days, for which "
                ~ reference.to ~ " is kept, to which it refers."
            ) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endfor -%}
{{ return(problems) }}

{% endmacro %}

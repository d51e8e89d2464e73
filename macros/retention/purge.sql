{#- What goes is decided before anything goes, so that a dry run says what a purge does. -#}
{% macro purge(dry_run=false) %}

{%- set problems = retention_problems() -%}
{%- if problems %}
    {%- do log(tojson({'problems': problems}), info=true) %}
    {%- do exceptions.raise_compiler_error(problems | join('\n')) %}
{%- endif %}

{%- set report = [] %}
{%- do begin_transaction() %}
{%- do run_query(purged_sources()) %}
{%- set facts = purged_facts() %}
{%- for step in (purged_records() if retention_days('raw') is not none else []) + facts %}
    {%- set found = run_query(
        'select count(*), min(' ~ step.time ~ '), max(' ~ step.time ~ ') from ' ~ step.relation ~ ' as own'
        ~ ' inner join ' ~ step.gone ~ ' as gone on ' ~ step.condition
    ).rows[0] %}
    {%- do report.append({
        'table': step.relation.schema ~ '.' ~ step.relation.identifier,
        'rows': found[0] | int,
        'from': found[1] | string if found[1] is not none else none,
        'to': found[2] | string if found[2] is not none else none,
    }) %}
    {%- do step.update({'rows': found[0]}) %}
    {%- if found[0] and not dry_run %}
        {%- do run_query(
            'delete from ' ~ step.relation ~ ' as own where exists (select 1 from ' ~ step.gone ~ ' as gone where '
            ~ step.condition ~ ')'
        ) %}
    {%- endif %}
{%- endfor %}
{%- if not dry_run %}
    {%- do forget_purged_facts(facts) %}
{%- endif %}
{%- do adapter.commit() %}
{%- do log(tojson({'purged': report, 'warnings': retention_warnings()}), info=true) %}

{% endmacro %}

-- depends_on: {{ ref('dim_pipelines') }}
-- depends_on: {{ ref('dim_alert_rules') }}
with

pipelines as (

    select * from {{ ref('dim_pipelines_current') }}
    where platform = 'airflow' and not is_unknown and is_retired is not true

),

-- Rules on failures that reach somebody, or may. One that asks for a task tells nothing of the others.
rules as (

    select
        *,
        replace(expression, 'dag_id=~"', 'dag_id="') as plain_expression
    from {{ ref('dim_alert_rules_current') }}
    where
        is_enabled and is_routed is not false and not is_inferred and not is_unknown and is_retired is not true
        and lower(expression) like '%fail%'
        and expression not like '%dag_id!%'
        and expression not like '%task_id%'

),

named as (

    select
        alert_rule_key,
        unnest(string_to_array(split_part(split_part(plain_expression, 'dag_id="', 2), '"', 1), '|')) as pipeline_name
    from rules
    where plain_expression like '%dag_id="%'

),

-- Without a label of any kind a count of failed DAG runs is one of all DAGs.
of_all as (

    select alert_rule_key
    from rules
    where lower(expression) like '%dag%' and expression not like '%dag_id%' and strpos(expression, '{') = 0
    union
    select alert_rule_key
    from named
    where pipeline_name in ('.*', '.+')

),

matched as (

    select
        pipelines.pipeline_key,
        named.alert_rule_key
    from pipelines
    inner join named on pipelines.pipeline_name = named.pipeline_name
    union
    select
        pipelines.pipeline_key,
        of_all.alert_rule_key
    from pipelines
    cross join of_all

),

final as (

    select
        {{ surrogate_key(['pipeline_key', 'alert_rule_key']) }} as pipeline_alert_rule_key,
        cast(pipeline_key as uuid) as pipeline_key,
        cast(alert_rule_key as uuid) as alert_rule_key
    from matched

)

select * from final

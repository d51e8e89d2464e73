with

waivers as (

    select * from {{ ref('audit_waivers') }}

),

rules as (

    select * from {{ ref('dim_audit_rules') }}

),

results as (

    select * from {{ ref('fct_audit_results') }}
    where verdict = 'finding'

),

-- Before anything is loaded, no day says which have expired.
as_of as (

    select * from {{ ref('int_sources__as_of') }}
    where source_name = '*' and as_of_at is not null

),

judged as (

    select
        waivers.*,
        as_of.as_of_at,
        case
            when waivers.created_on > cast(as_of.as_of_at as date) then 'ahead'
            when waivers.expires_on > cast(as_of.as_of_at as date) then 'in force'
            when
                max(waivers.expires_on) over (
                    partition by waivers.rule_id, waivers.subject_pattern, waivers.source_name
                ) > waivers.expires_on
                then 'renewed'
            else 'expired'
        end as state
    from waivers
    cross join as_of

),

matched as (

    select
        judged.rule_id,
        judged.subject_pattern,
        judged.source_name,
        judged.created_on,
        count(*) as finding_count
    from judged
    inner join results
        on
            judged.rule_id = results.rule_id
            and results.subject_name like judged.subject_pattern escape '\'
            and judged.source_name in ('*', results.source_name)
    group by 1, 2, 3, 4

),

final as (

    select
        {{ surrogate_key([
            'judged.rule_id', 'judged.subject_pattern', 'judged.source_name', 'judged.created_on'
        ]) }} as audit_waiver_key,
        cast(coalesce(rules.audit_rule_key, {{ unknown_key() }}) as uuid) as audit_rule_key,
        cast(judged.rule_id as text) as rule_id,
        cast(judged.subject_pattern as text) as subject_pattern,
        cast(judged.source_name as text) as source_name,
        cast(judged.owner as text) as owner,
        cast(judged.reason as text) as reason,
        cast(judged.created_on as date) as created_on,
        cast(judged.expires_on as date) as expires_on,
        cast(judged.state as text) as state,
        cast(coalesce(matched.finding_count, 0) as bigint) as finding_count,
        cast(judged.as_of_at as timestamp) as as_of_at
    from judged
    left join rules on judged.rule_id = rules.rule_id
    left join matched
        on
            judged.rule_id = matched.rule_id
            and judged.subject_pattern = matched.subject_pattern
            and judged.source_name = matched.source_name
            and judged.created_on = matched.created_on

)

select * from final

-- A rule that misses a number could not judge, and a comparison with null would look like a clear verdict.
with

needed (rule_id, threshold_name) as (

    values
    ('AL01', 'window_days'),
    ('AL02', 'window_days'),
    ('AL02', 'budget_minutes'),
    ('AL02', 'low_tier_minutes'),
    ('AL02', 'low_tier'),
    ('AL02', 'repeat_days'),
    ('AL02', 'lead_minutes'),
    ('AL02', 'open_days'),
    ('AL02', 'silent_days'),
    ('AL02', 'usual_silences'),
    ('AL02', 'minimum_silences'),
    ('AL02', 'own_source_days'),
    ('AL03', 'window_days'),
    ('AL03', 'grace_minutes'),
    ('AL03', 'budget_minutes'),
    ('AL03', 'cadence_runs'),
    ('AL03', 'minimum_cadence_gaps'),
    ('AL03', 'cadence_factor'),
    ('CK02', 'silent_days'),
    ('CK02', 'failing_days'),
    ('CK02', 'minimum_failures'),
    ('CK02', 'test_invocations'),
    ('CK02', 'never_executed_days'),
    ('CT02', 'window_days'),
    ('CV01', 'window_days'),
    ('CV01', 'highest_tier'),
    ('CV01', 'top_percent'),
    ('CV01', 'minimum_downstream'),
    ('DJ01', 'window_days'),
    ('FR01', 'window_days'),
    ('FR01', 'budget_minutes'),
    ('FR01', 'low_tier_minutes'),
    ('FR01', 'low_tier'),
    ('FR02', 'minimum_valid'),
    ('FR02', 'misses_left'),
    ('OW01', 'window_days'),
    ('SI01', 'window_days'),
    ('SI01', 'baseline_writes'),
    ('SI01', 'minimum_baseline_writes'),
    ('SI02', 'window_days'),
    ('SI03', 'minimum_failures'),
    ('SI03', 'failing_days'),
    ('SI03', 'budget_hours'),
    ('SI06', 'window_days'),
    ('SI06', 'minimum_runs'),
    ('SI06', 'retried_percent'),
    ('TL01', 'window_days'),
    ('TL01', 'unseen_runs'),
    ('TL01', 'source_lag_hours')

)

select
    needed.rule_id,
    needed.threshold_name
from needed
left join {{ ref('audit_thresholds') }} as thresholds
    on
        needed.rule_id = thresholds.rule_id
        and needed.threshold_name = thresholds.threshold_name
where thresholds.threshold_value is null

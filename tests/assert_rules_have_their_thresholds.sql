-- A rule that misses a number could not judge, and a comparison with null would look like a clear verdict.
with

needed (rule_id, threshold_name) as (

    values
    ('AL01', 'window_days'),
    ('CK01', 'window_days'),
    ('CK01', 'minimum_executions'),
    ('CK01', 'minimum_flips'),
    ('CK01', 'flip_percent'),
    ('CK02', 'silent_days'),
    ('CK02', 'failing_days'),
    ('CK02', 'minimum_failures'),
    ('CK02', 'test_invocations'),
    ('CK02', 'never_executed_days'),
    ('DJ01', 'window_days'),
    ('DU01', 'window_days'),
    ('DU01', 'minimum_runs'),
    ('DU01', 'p95_percent'),
    ('DU01', 'median_percent'),
    ('DU01', 'minimum_rise_seconds'),
    ('DU01', 'breach_days'),
    ('OW01', 'window_days'),
    ('SD01', 'window_days'),
    ('SI01', 'window_days'),
    ('SI01', 'baseline_writes'),
    ('SI01', 'minimum_baseline_writes'),
    ('SI02', 'window_days'),
    ('SI04', 'window_days'),
    ('SI04', 'baseline_days'),
    ('SI04', 'minimum_slot_loads'),
    ('SI04', 'minimum_loads'),
    ('SI04', 'minimum_days'),
    ('SI04', 'loads_per_day'),
    ('SI04', 'left_percent'),
    ('SI04', 'robust_sigmas'),
    ('SI04', 'minimum_missing_rows'),
    ('SI04', 'excused_percent'),
    ('SI04', 'check_hours'),
    ('SI06', 'window_days'),
    ('SI06', 'minimum_runs'),
    ('SI06', 'retried_percent'),
    ('SI07', 'window_days'),
    ('SI07', 'made_up_percent'),
    ('SI09', 'window_days'),
    ('SI09', 'least_percent'),
    ('SI09', 'most_percent'),
    ('SI09', 'flat_percent'),
    ('SI09', 'steady_percent'),
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

-- A rule that misses a number could not judge, and a comparison with null would look like a clear verdict.
with

needed (rule_id, threshold_name) as (

    values
    ('AL01', 'window_days'),
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
    ('FR02', 'minimum_valid'),
    ('FR02', 'misses_left'),
    ('OW01', 'window_days'),
    ('SI01', 'window_days'),
    ('SI01', 'baseline_writes'),
    ('SI01', 'minimum_baseline_writes'),
    ('SI02', 'window_days'),
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

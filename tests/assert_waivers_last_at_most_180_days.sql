-- Compares two columns, which no built-in generic test does: a waiver without a near end is a rule switched off.
select
    rule_id,
    subject_pattern,
    created_on,
    expires_on
from {{ ref('audit_waivers') }}
where
    expires_on <= created_on
    or expires_on - created_on > 180

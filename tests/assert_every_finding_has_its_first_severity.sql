-- fct_finding_notices knows first verdicts by the keys of fct_findings: made in another way, none would worsen.
select finding_key
from {{ ref('fct_finding_notices') }}
where first_severity is null

-- fct_finding_notices makes the keys of findings from their verdicts: were they made otherwise there, nothing would ever worsen.
select finding_key
from {{ ref('fct_finding_notices') }}
where first_severity is null

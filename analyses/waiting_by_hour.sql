-- At which hours of a day do tasks wait for a slot, and how long?
select
    cast(extract(hour from queued_at) as integer) as hour_of_day,
    count(*) as queued_tries,
    count(*) filter (where queued_seconds > 60) as tries_that_waited_a_minute,
    avg(queued_seconds) as mean_wait_seconds,
    max(queued_seconds) as longest_wait_seconds
from {{ ref('fct_task_attempts') }}
where
    attempt_on = cast('{{ var("analysis_day_on") }}' as date)
    and queued_seconds is not null
group by 1
order by 1

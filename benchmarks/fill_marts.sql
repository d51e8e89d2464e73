-- Fills the marts of an empty warehouse on PostgreSQL with a platform's year, straight in SQL. The settings
-- benchmark.pipelines, benchmark.days and benchmark.row_order say how much, and how its rows lie.
--
-- A pipeline has 6 to 16 tasks and runs hourly (1 in 20), every 4 hours (1 in 10) or daily. 4 runs in 100 fail, 2 are
-- green over failed work; some pipelines fail five times as often. 1 task in 20 needs a second try in 4 of 10 runs,
-- the others in 1 of 50. 3 tasks in 10 write a dataset, 4 in 10 read one; a dataset is made from two of the layer before.

create schema benchmark;

select setseed(0.42);

create table benchmark.calendar as
select cast(day_at as date) as day_on
from generate_series(
    timestamp '2026-11-20' - make_interval(days => cast(current_setting('benchmark.days') as integer) - 1),
    timestamp '2026-11-20',
    interval '1 day'
) as days (day_at);

insert into marts.dim_teams (
    team_version_key, team_key, valid_from, valid_to, is_current, team_name, aliases, is_unknown, is_retired
)
select
    cast(md5('team ' || number) as uuid),
    cast(md5('team ' || number) as uuid),
    '1900-01-01',
    '9999-12-31',
    true,
    'team_' || number,
    null,
    false,
    false
from generate_series(1, 40) as numbers (number);

create table benchmark.pipelines as
select
    number,
    cast(md5('pipeline ' || number) as uuid) as pipeline_key,
    cast(md5('pipeline version ' || number || ' 1') as uuid) as first_version_key,
    cast(md5('pipeline version ' || number || case when number % 10 = 0 then ' 2' else ' 1' end) as uuid)
        as last_version_key,
    cast(md5('team ' || (1 + number % 40)) as uuid) as team_key,
    6 + number * 7919 % 11 as task_count,
    case when number % 20 = 0 then 24 when number % 10 = 1 then 6 else 1 end as runs_per_day,
    case when number % 17 = 0 then 5 else 1 end as failure_factor
from generate_series(1, cast(current_setting('benchmark.pipelines') as integer)) as numbers (number);

insert into marts.dim_pipelines (
    pipeline_version_key, pipeline_key, valid_from, valid_to, is_current, platform, platform_instance, pipeline_name,
    source_name, seen_by, team_key, owner, schedule_kind, schedule_expression, is_paused, is_active,
    has_failure_callback, task_count, task_count_without_failure_alerting, is_inferred, is_unknown, is_retired
)
select
    cast(md5('pipeline version ' || number || ' ' || version_number) as uuid),
    pipeline_key,
    case version_number when 1 then timestamp '1900-01-01' else timestamp '2026-05-20' end,
    case when version_number = 1 and number % 10 = 0 then timestamp '2026-05-20' else timestamp '9999-12-31' end,
    version_number = 2 or number % 10 <> 0,
    'airflow',
    'prod',
    'pipeline_' || number,
    'prod',
    'airflow, openlineage',
    team_key,
    'team_' || (1 + number % 40),
    'cron',
    '0 0 * * *',
    false,
    true,
    number % 3 = 0,
    task_count,
    case when number % 3 = 0 then 0 else task_count end,
    false,
    false,
    false
from benchmark.pipelines
cross join generate_series(1, 2) as versions (version_number)
where version_number = 1 or number % 10 = 0;

create table benchmark.tasks as
select
    pipelines.number as pipeline_number,
    pipelines.pipeline_key,
    pipelines.team_key,
    task_number,
    cast(md5('task ' || pipelines.number || ' ' || task_number) as uuid) as task_key,
    cast(md5('task version ' || pipelines.number || ' ' || task_number) as uuid) as task_version_key,
    (pipelines.number * 31 + task_number) % 20 = 0 as is_flaky,
    5 * exp(4 * random()) as usual_seconds,
    case
        when (pipelines.number + task_number) % 10 < 3
            then cast(row_number() over (
                partition by (pipelines.number + task_number) % 10 < 3 order by pipelines.number, task_number
            ) as integer)
    end as written_dataset_number,
    (pipelines.number + task_number) % 10 in (0, 3, 4, 5) as is_reader
from benchmark.pipelines as pipelines
cross join lateral generate_series(1, pipelines.task_count) as numbers (task_number);

insert into marts.dim_tasks (
    task_version_key, task_key, pipeline_key, valid_from, valid_to, is_current, platform, source_name, pipeline_name,
    task_name, subject_name, task_type, team_key, retries, trigger_rule, has_failure_alerting, is_sensor,
    is_reschedule, is_mapped, is_inferred, is_unknown, is_retired
)
select
    task_version_key,
    task_key,
    pipeline_key,
    timestamp '1900-01-01',
    timestamp '9999-12-31',
    true,
    'airflow',
    'prod',
    'pipeline_' || pipeline_number,
    'task_' || task_number,
    'pipeline_' || pipeline_number || '.task_' || task_number,
    'PythonOperator',
    team_key,
    2,
    'all_success',
    pipeline_number % 3 = 0,
    false,
    false,
    false,
    false,
    false,
    false
from benchmark.tasks;

-- Four layers of written datasets above one that nothing here writes.
create table benchmark.datasets as
with counted as (

    select greatest(count(written_dataset_number) / 4, 1) as layer_size
    from benchmark.tasks

)

select
    numbers.number,
    cast(md5('dataset ' || numbers.number) as uuid) as dataset_key,
    cast(md5('dataset version ' || numbers.number) as uuid) as dataset_version_key,
    coalesce(tasks.team_key, cast(md5('team ' || (1 + numbers.number % 40)) as uuid)) as team_key,
    tasks.task_key,
    greatest((numbers.number - 1) / counted.layer_size + 1, 0) as layer,
    counted.layer_size
from counted
cross join lateral generate_series(1 - counted.layer_size, counted.layer_size * 4) as numbers (number)
left join benchmark.tasks as tasks on numbers.number = tasks.written_dataset_number;

update benchmark.datasets set layer = 0 where number <= 0;

insert into marts.dim_datasets (
    dataset_version_key, dataset_key, valid_from, valid_to, is_current, dataset_namespace, dataset_name, subject_name,
    source_name, seen_by, schema_md5, column_count, team_key, is_inferred, is_unknown, is_retired
)
select
    dataset_version_key,
    dataset_key,
    timestamp '1900-01-01',
    timestamp '9999-12-31',
    true,
    'postgres://warehouse:5432',
    'layer_' || layer || '.dataset_' || number,
    'postgres://warehouse:5432/layer_' || layer || '.dataset_' || number,
    'prod',
    'openlineage',
    md5('schema ' || number),
    12,
    team_key,
    false,
    false,
    false
from benchmark.datasets;

insert into marts.bridge_lineage (
    lineage_key, upstream_dataset_key, downstream_dataset_key, depth, task_key, task_count, first_seen_at, last_seen_at
)
with recursive edges as (

    select
        downstream.number as downstream_number,
        downstream.layer,
        downstream.task_key,
        (downstream.layer - 2) * downstream.layer_size + 1
        + (downstream.number * (97 + 2 * side) + side) % downstream.layer_size as upstream_number
    from benchmark.datasets as downstream
    cross join generate_series(1, 2) as sides (side)
    where downstream.layer > 0

),

closure as (

    select distinct
        upstream_number,
        downstream_number,
        1 as depth
    from edges
    union
    select
        edges.upstream_number,
        closure.downstream_number,
        closure.depth + 1
    from closure
    inner join edges on closure.upstream_number = edges.downstream_number

),

pairs as (

    select
        upstream_number,
        downstream_number,
        min(depth) as depth
    from closure
    group by 1, 2

)

select
    cast(md5('lineage ' || pairs.upstream_number || ' ' || pairs.downstream_number) as uuid),
    upstream.dataset_key,
    downstream.dataset_key,
    pairs.depth,
    coalesce(case when pairs.depth = 1 then downstream.task_key end, cast(repeat('0', 32) as uuid)),
    case when pairs.depth = 1 then 1 else 0 end,
    timestamp '2025-11-21',
    timestamp '2026-11-20'
from pairs
inner join benchmark.datasets as upstream on pairs.upstream_number = upstream.number
inner join benchmark.datasets as downstream on pairs.downstream_number = downstream.number;

create table benchmark.checks as
select
    numbers.number,
    cast(md5('check ' || numbers.number) as uuid) as check_key,
    datasets.dataset_key,
    datasets.team_key,
    case when numbers.number % 25 = 0 then 0.3 else 0.004 end as failure_share,
    case when numbers.number % 4 = 0 then 'warn' else 'error' end as severity
from generate_series(1, cast(current_setting('benchmark.pipelines') as integer) * 4) as numbers (number)
inner join benchmark.datasets as datasets
    on (numbers.number * 13) % (datasets.layer_size * 4) + 1 = datasets.number and datasets.number % 5 <> 0;

insert into marts.dim_checks (
    check_key, platform, source_name, check_id, subject_name, check_name, check_type, pipeline_key, dataset_key,
    severity, is_enabled, is_defined, team_key, is_unknown, is_retired
)
select
    check_key,
    'dbt',
    'prod',
    'check_' || number,
    'check_' || number,
    'not_null',
    'data test',
    cast(repeat('0', 32) as uuid),
    dataset_key,
    severity,
    true,
    true,
    team_key,
    false,
    false
from benchmark.checks;

create table benchmark.runs as
with scheduled as (

    select
        pipelines.*,
        calendar.day_on + make_interval(
            hours => slot * 24 / pipelines.runs_per_day, mins => pipelines.number % 60
        ) as scheduled_at,
        random() as fate
    from benchmark.calendar as calendar
    cross join benchmark.pipelines as pipelines
    cross join lateral generate_series(0, pipelines.runs_per_day - 1) as slots (slot)

)

select
    number,
    pipeline_key,
    case when scheduled_at < timestamp '2026-05-20' then first_version_key else last_version_key end
        as pipeline_version_key,
    team_key,
    task_count,
    runs_per_day,
    scheduled_at,
    cast(md5('run ' || number || ' ' || scheduled_at) as uuid) as pipeline_run_key,
    'scheduled__' || to_char(scheduled_at, 'YYYY-MM-DD"T"HH24:MI:SS') || '+00:00' as run_id,
    case
        when fate < 0.03 * failure_factor then 'failed'
        when fate < 0.045 * failure_factor then 'succeeded_with_failures'
        when fate < 0.048 * failure_factor then 'lost'
        else 'succeeded'
    end as verdict,
    cast(1 + floor(random() * task_count) as integer) as failing_task_number
from scheduled
order by
    case current_setting('benchmark.row_order') when 'time' then scheduled_at end,
    md5('order ' || number || ' ' || scheduled_at);

analyze benchmark.runs;

analyze benchmark.tasks;

analyze benchmark.datasets;

insert into marts.fct_task_attempts (
    task_attempt_key, pipeline_run_key, pipeline_key, pipeline_version_key, task_key, task_version_key, team_key,
    parent_task_attempt_key, source_name, seen_by, run_id, map_index, try_number, is_final_attempt, attempt_on,
    queued_at, started_at, ended_at, last_seen_at, queued_seconds, duration_seconds, operator, reported_state, state,
    error_class, error_message
)
with judged as (

    select
        runs.*,
        tasks.task_number,
        tasks.task_key,
        tasks.task_version_key,
        case
            when runs.verdict = 'succeeded' or tasks.task_number < runs.failing_task_number then 'success'
            when runs.verdict = 'lost' then 'lost'
            when tasks.task_number = runs.failing_task_number then 'failed'
            when runs.verdict = 'failed' then 'upstream_failed'
            else 'success'
        end as final_state,
        random() < case when tasks.is_flaky then 0.4 else 0.02 end as is_tried_again,
        tasks.usual_seconds * exp((random() + random() + random() - 1.5) * 0.8) as duration_seconds,
        -ln(1 - random()) * case when extract(hour from runs.scheduled_at) < 6 then 40 else 8 end as queued_seconds
    from benchmark.runs as runs
    inner join benchmark.tasks as tasks on runs.number = tasks.pipeline_number

),

tried as (

    select
        judged.*,
        try_number,
        last_try_number,
        try_number = last_try_number as is_final_attempt,
        case when try_number = last_try_number then final_state else 'failed' end as state,
        scheduled_at + (task_number + try_number) * interval '3 minutes' as queued_at,
        cast(1 + floor(random() * 6) as integer) as error_number
    from judged
    cross join lateral (
        select
            case
                when final_state = 'upstream_failed' then 0
                when final_state = 'failed' or is_tried_again then 2
                else 1
            end as last_try_number
    ) as last_tries
    cross join lateral generate_series(least(last_try_number, 1), last_try_number) as tries (try_number)

)

select
    cast(md5('attempt ' || number || scheduled_at || task_number || try_number) as uuid),
    pipeline_run_key,
    pipeline_key,
    pipeline_version_key,
    task_key,
    task_version_key,
    team_key,
    cast(repeat('0', 32) as uuid),
    'prod',
    'airflow, openlineage',
    run_id,
    -1,
    try_number,
    is_final_attempt,
    cast(scheduled_at as date),
    case when try_number > 0 then queued_at end,
    case when try_number > 0 then queued_at + queued_seconds * interval '1 second' end,
    case
        when state not in ('lost', 'upstream_failed')
            then queued_at + (queued_seconds + duration_seconds) * interval '1 second'
    end,
    queued_at + (queued_seconds + duration_seconds) * interval '1 second',
    case when try_number > 0 then queued_seconds end,
    case when state not in ('lost', 'upstream_failed') then duration_seconds end,
    'PythonOperator',
    state,
    state,
    case
        when state = 'failed'
            then (array['timeout', 'killed', 'connection', 'missing object', 'out of memory', 'other'])[error_number]
    end,
    case
        when state = 'failed'
            then 'Task failed with exception of kind ' || error_number
                || ': the upstream service answered nothing within the time that it was given to answer in.'
    end
from tried
order by
    case current_setting('benchmark.row_order') when 'time' then scheduled_at end,
    md5('order ' || number || ' ' || scheduled_at);

analyze marts.fct_task_attempts;

insert into marts.fct_pipeline_runs (
    pipeline_run_key, pipeline_key, pipeline_version_key, team_key, parent_task_attempt_key, source_name, seen_by,
    run_id, run_type, run_on, logical_at, data_interval_start_at, data_interval_end_at, scheduled_at, queued_at,
    started_at, ended_at, last_seen_at, queued_seconds, duration_seconds, reported_state, verdict, task_count,
    succeeded_task_count, failed_task_count, upstream_failed_task_count, skipped_task_count, retried_task_count,
    attempt_count, is_disputed
)
with counted as (

    select
        pipeline_run_key,
        min(started_at) as started_at,
        max(ended_at) as ended_at,
        count(*) filter (where is_final_attempt and state = 'success') as succeeded_task_count,
        count(*) filter (where is_final_attempt and state = 'failed') as failed_task_count,
        count(*) filter (where is_final_attempt and state = 'upstream_failed') as upstream_failed_task_count,
        count(*) filter (where is_final_attempt and try_number > 1) as retried_task_count,
        count(*) as attempt_count
    from marts.fct_task_attempts
    group by pipeline_run_key

)

select
    runs.pipeline_run_key,
    runs.pipeline_key,
    runs.pipeline_version_key,
    runs.team_key,
    cast(repeat('0', 32) as uuid),
    'prod',
    'airflow, openlineage',
    runs.run_id,
    'scheduled',
    cast(runs.scheduled_at as date),
    runs.scheduled_at,
    runs.scheduled_at,
    runs.scheduled_at,
    runs.scheduled_at,
    runs.scheduled_at,
    counted.started_at,
    counted.ended_at,
    counted.ended_at,
    extract(epoch from counted.started_at - runs.scheduled_at),
    extract(epoch from counted.ended_at - counted.started_at),
    case runs.verdict when 'succeeded_with_failures' then 'success' when 'succeeded' then 'success' else 'failed' end,
    runs.verdict,
    runs.task_count,
    counted.succeeded_task_count,
    counted.failed_task_count,
    counted.upstream_failed_task_count,
    0,
    counted.retried_task_count,
    counted.attempt_count,
    false
from benchmark.runs as runs
inner join counted on runs.pipeline_run_key = counted.pipeline_run_key
order by
    case current_setting('benchmark.row_order') when 'time' then runs.scheduled_at end,
    md5('order ' || runs.number || ' ' || runs.scheduled_at);

insert into marts.fct_dataset_writes (
    dataset_write_key, dataset_key, dataset_version_key, task_attempt_key, task_key, pipeline_run_key, pipeline_key,
    team_key, source_name, seen_by, written_on, written_at, row_count, byte_count, operation, is_successful
)
select
    cast(md5('write ' || attempts.task_attempt_key) as uuid),
    datasets.dataset_key,
    datasets.dataset_version_key,
    attempts.task_attempt_key,
    attempts.task_key,
    attempts.pipeline_run_key,
    attempts.pipeline_key,
    attempts.team_key,
    'prod',
    'openlineage',
    cast(attempts.ended_at as date),
    attempts.ended_at,
    cast(random() * 100000 as bigint),
    cast(random() * 10000000 as bigint),
    'overwrite',
    true
from marts.fct_task_attempts as attempts
inner join benchmark.datasets as datasets on attempts.task_key = datasets.task_key
where attempts.state = 'success';

insert into marts.fct_dataset_reads (
    dataset_read_key, dataset_key, dataset_version_key, task_attempt_key, task_key, pipeline_run_key, pipeline_key,
    team_key, source_name, seen_by, read_on, read_at, row_count
)
select
    cast(md5('read ' || attempts.task_attempt_key) as uuid),
    datasets.dataset_key,
    datasets.dataset_version_key,
    attempts.task_attempt_key,
    attempts.task_key,
    attempts.pipeline_run_key,
    attempts.pipeline_key,
    attempts.team_key,
    'prod',
    'openlineage',
    attempts.attempt_on,
    attempts.started_at,
    cast(random() * 100000 as bigint)
from marts.fct_task_attempts as attempts
inner join benchmark.tasks as tasks on attempts.task_key = tasks.task_key and tasks.is_reader
inner join benchmark.datasets as datasets
    on (tasks.pipeline_number * 17 + tasks.task_number) % (datasets.layer_size * 3) + 1 - datasets.layer_size
        = datasets.number
where attempts.state = 'success';

insert into marts.fct_check_results (
    check_result_key, check_key, dataset_key, task_attempt_key, task_key, pipeline_run_key, pipeline_key, team_key,
    source_name, executed_on, executed_at, outcome, reported_status, severity, failures
)
select
    cast(md5('result ' || checks.number || ' ' || calendar.day_on) as uuid),
    checks.check_key,
    checks.dataset_key,
    cast(repeat('0', 32) as uuid),
    cast(repeat('0', 32) as uuid),
    cast(repeat('0', 32) as uuid),
    cast(repeat('0', 32) as uuid),
    checks.team_key,
    'prod',
    calendar.day_on,
    calendar.day_on + make_interval(mins => checks.number % 1440),
    outcomes.outcome,
    outcomes.outcome,
    checks.severity,
    case outcomes.outcome when 'fail' then 12 else 0 end
from benchmark.calendar as calendar
cross join benchmark.checks as checks
cross join lateral (
    select case when random() < checks.failure_share then 'fail' else 'pass' end as outcome
) as outcomes
order by
    case current_setting('benchmark.row_order') when 'time' then calendar.day_on end,
    md5('order ' || checks.number || ' ' || calendar.day_on);

insert into marts.fct_deliveries (
    delivery_key, pipeline_key, pipeline_version_key, dataset_key, dataset_version_key, team_key, service_level_key,
    service_level_version_key, source_name, expected_on, expected_at, next_expected_at, due_at, available_at, state,
    run_id, late_seconds
)
with judged as (

    select
        runs.*,
        runs.scheduled_at + interval '1 hour' as due_at,
        pipeline_runs.ended_at,
        case
            when runs.verdict <> 'succeeded' then 'missed'
            when pipeline_runs.ended_at > runs.scheduled_at + interval '1 hour' then 'late'
            else 'kept'
        end as state
    from benchmark.runs as runs
    inner join marts.fct_pipeline_runs as pipeline_runs on runs.pipeline_run_key = pipeline_runs.pipeline_run_key

)

select
    cast(md5('delivery ' || number || ' ' || scheduled_at) as uuid),
    pipeline_key,
    pipeline_version_key,
    cast(repeat('0', 32) as uuid),
    cast(repeat('0', 32) as uuid),
    team_key,
    cast(repeat('0', 32) as uuid),
    cast(repeat('0', 32) as uuid),
    'prod',
    cast(scheduled_at as date),
    scheduled_at,
    scheduled_at + interval '24 hours' / runs_per_day,
    due_at,
    case when state <> 'missed' then ended_at end,
    state,
    case when state <> 'missed' then run_id end,
    case when state = 'late' then extract(epoch from ended_at - due_at) end
from judged
order by
    case current_setting('benchmark.row_order') when 'time' then scheduled_at end,
    md5('order ' || number || ' ' || scheduled_at);

-- One service level of its age for each dataset of the first layer, in hours of which one in a hundred is too old.
insert into marts.dim_service_levels (
    service_level_version_key, service_level_key, valid_from, valid_to, is_current, standard, source_name,
    service_level_name, measure, pipeline_key, dataset_key, team_key, tier, budgeting_method, target, limit_seconds,
    slice_seconds, time_slice_target, is_rolling, window_days, is_measured, is_unknown, is_retired
)
select
    cast(md5('service level version ' || number) as uuid),
    cast(md5('service level ' || number) as uuid),
    timestamp '1900-01-01',
    timestamp '9999-12-31',
    true,
    'openslo',
    'promises',
    'dataset_' || number || '.age',
    'age',
    cast(repeat('0', 32) as uuid),
    dataset_key,
    team_key,
    1,
    'Timeslices',
    0.99,
    32400,
    3600,
    1,
    true,
    28,
    true,
    false,
    false
from benchmark.datasets
where layer = 1;

insert into marts.fct_service_level_slices (
    service_level_key, service_level_version_key, dataset_key, slice_on, slice_at, state, stale_seconds, burn_2h,
    burn_6h, burn_24h, burn_72h, burn_168h, evidence
)
select
    cast(md5('service level ' || datasets.number) as uuid),
    cast(md5('service level version ' || datasets.number) as uuid),
    datasets.dataset_key,
    calendar.day_on,
    calendar.day_on + make_interval(hours => hour),
    case when fates.is_bad then 'bad' else 'good' end,
    case when fates.is_bad then 3600 else 0 end,
    case when fates.is_bad then 50 else 0 end,
    case when fates.is_bad then 50.0 / 3 else 0 end,
    1,
    1,
    1,
    cast(md5('evidence ' || datasets.number || ' ' || calendar.day_on) as uuid)
from benchmark.calendar as calendar
cross join benchmark.datasets as datasets
cross join generate_series(0, 23) as hours (hour)
cross join lateral (select abs(hashtext(calendar.day_on || ' ' || hour || ' ' || datasets.number)) % 100 = 0 as is_bad)
    as fates
where datasets.layer = 1
order by
    case current_setting('benchmark.row_order') when 'time' then calendar.day_on end,
    md5('order ' || datasets.number || ' ' || calendar.day_on);

drop schema benchmark cascade;

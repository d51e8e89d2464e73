-- What a database that many people read should set, whatever its server's defaults are. Run it in that database as its
-- owner or as a superuser; connections that are made afterwards have it. docs/postgres.md says why.
do $$
begin
    execute format('alter database %I set jit = off', current_database());
    execute format('alter database %I set max_parallel_workers_per_gather = 0', current_database());
    execute format('alter database %I set random_page_cost = 1.1', current_database());
    execute format('alter database %I set work_mem = %L', current_database(), '16MB');
end
$$;

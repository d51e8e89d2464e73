-- Three roles, each with the least that it needs. Run it in plumbline's database as a superuser or as the database's owner
-- with CREATEROLE; again whenever you like.
--
--   plumbline_loader   lands records: owns the schema raw, and reaches no other
--   plumbline_builder  builds the models: reads raw, owns every schema that dbt builds
--   plumbline_reader   reads the marts, those too that later builds make, and nothing else
--
-- None can log in yet. Give the first two a password (\password plumbline_loader), and make people members of the third:
--   alter role plumbline_loader login;  alter role plumbline_builder login;
--   create role ann login password '...' in role plumbline_reader;
--
-- Other names, and the prefix of PLUMBLINE_SCHEMA_PREFIX, are settings of the session:
--   PGOPTIONS="-c plumbline.role_prefix=acme_plumbline -c plumbline.schema_prefix=acme_" psql -f roles.sql
do $$
declare
    role_prefix text := coalesce(nullif(current_setting('plumbline.role_prefix', true), ''), 'plumbline');
    schema_prefix text := coalesce(current_setting('plumbline.schema_prefix', true), '');
    loader text := role_prefix || '_loader';
    builder text := role_prefix || '_builder';
    reader text := role_prefix || '_reader';
    raw_schema text := schema_prefix || 'raw';
    marts_schema text := schema_prefix || 'marts';
    built_schemas text[] := array['seeds', 'staging', 'intermediate', 'snapshots', 'audit', 'marts'];
    schema_name text;
    role_name text;
    relation record;
begin
    foreach role_name in array array[loader, builder, reader] loop
        if not exists (select from pg_roles where rolname = role_name) then
            execute format('create role %I nologin', role_name);
        end if;
        -- To give a role what it shall own, one must be a member of it.
        if not (select rolsuper from pg_roles where rolname = current_user) then
            execute format('grant %I to current_user', role_name);
        end if;
    end loop;

    execute format('revoke all on database %I from public', current_database());
    execute format('grant connect on database %I to %I, %I, %I', current_database(), loader, builder, reader);
    -- dbt compares and tests in temporary tables.
    execute format('grant temporary on database %I to %I, %I', current_database(), loader, builder);
    revoke create on schema public from public;

    foreach schema_name in array array['raw'] || built_schemas loop
        schema_name := schema_prefix || schema_name;
        role_name := case when schema_name = raw_schema then loader else builder end;
        execute format('create schema if not exists %I authorization %I', schema_name, role_name);
        execute format('alter schema %I owner to %I', schema_name, role_name);
        -- What one role made before there were three.
        for relation in
            select oid::regclass as name
            from pg_class
            where
                relnamespace = schema_name::regnamespace
                and relkind in ('r', 'v')
                and relowner <> role_name::regrole
        loop
            execute format('alter table %s owner to %I', relation.name, role_name);
        end loop;
    end loop;

    execute format('grant usage on schema %I to %I', raw_schema, builder);
    execute format('grant select on all tables in schema %I to %I', raw_schema, builder);
    execute format(
        'alter default privileges for role %I in schema %I grant select on tables to %I', loader, raw_schema, builder
    );
    execute format('grant usage on schema %I to %I', marts_schema, reader);
    execute format('grant select on all tables in schema %I to %I', marts_schema, reader);
    execute format(
        'alter default privileges for role %I in schema %I grant select on tables to %I', builder, marts_schema, reader
    );
end
$$;

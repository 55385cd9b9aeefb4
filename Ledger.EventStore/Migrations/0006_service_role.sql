-- The role that the service works in: it adds to the log and moves its head, and can change nothing that is recorded. That is
-- hygiene, not proof: the Merkle log is the proof. Where this user may not make roles, the service works as the user it is
-- (docs/architecture.md, "Rights in the database").
do $$
begin
    if not exists (select from pg_roles where rolname = 'ledger_service') then
        create role ledger_service nologin;
    end if;
exception
    when insufficient_privilege or duplicate_object or unique_violation then null; -- No right to; or another database of this server made it just now.
end
$$;

do $$
begin
    if exists (select from pg_roles where rolname = 'ledger_service') then
        grant usage on schema ledger, personal, marten to ledger_service;
        grant select, insert on ledger.events, ledger.tiles to ledger_service;
        grant select, update on ledger.head to ledger_service;
        grant select, insert, delete on personal.fields to ledger_service;
        grant select, update on personal.subjects to ledger_service;
        grant select on all tables in schema marten to ledger_service;
        grant update on sequence marten.mt_events_sequence to ledger_service; -- It follows the head.
    end if;
end
$$;

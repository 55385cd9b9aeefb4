-- Read models are the service's own: derived, thrown away and rebuilt at will.
do $$
begin
    if exists (select from pg_roles where rolname = 'ledger_service') then
        grant usage on schema projections to ledger_service;
        grant select, insert, update, delete on all tables in schema projections to ledger_service;
        alter default privileges in schema projections grant select, insert, update, delete on tables to ledger_service;
    end if;
end
$$;

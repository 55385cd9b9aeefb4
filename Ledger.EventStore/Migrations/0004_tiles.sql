-- The full tiles of the tree over the log: 256 hashes beside each other, level 0 those of leaves, level n those of the roots
-- of level n - 1's tiles (C2SP tlog-tiles). They follow from the events; with them the root over any size, and a proof, take
-- O(log n) rows. Written by whoever needs them first, never changed.
create table ledger.tiles (
    level  int    not null,
    index  bigint not null,
    root   bytea  not null,
    hashes bytea  not null,
    constraint tiles_pkey primary key (level, index),
    constraint tiles_place_check check (level >= 0 and index >= 0),
    constraint tiles_root_check check (length(root) = 32),
    constraint tiles_hashes_check check (length(hashes) = 8192)
);

create or replace function ledger.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % is refused', tg_table_schema || '.' || tg_table_name, tg_op
        using errcode = 'insufficient_privilege',
              hint = 'Mistakes are corrected by adding an event.';
end
$$;

create trigger tiles_refuse_update_delete before update or delete on ledger.tiles
    for each row execute function ledger.refuse_change();
create trigger tiles_refuse_truncate before truncate on ledger.tiles
    for each statement execute function ledger.refuse_change();

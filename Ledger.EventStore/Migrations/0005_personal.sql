-- Personal values, apart from the log: an event holds a salted commitment to each. Salt and value are encrypted under a key of
-- their subject. Keys, and whom they belong to, are kept outside the database: erasing them makes the values unreadable here
-- and in every backup.
create schema personal;

create table personal.fields (
    contract text   not null,
    event_id text   not null,
    field    text   not null,
    subject  bigint not null,
    sealed   bytea  not null, -- nonce, ciphertext of salt and value, tag (AES-256-GCM; the commitment is authenticated with it)
    constraint fields_pkey primary key (contract, event_id, field)
);

create index fields_subject_idx on personal.fields (subject);

-- One row: the highest number that a subject was ever given. No number is given twice, whatever becomes of the key file.
create table personal.subjects (
    singleton boolean not null default true,
    last      bigint  not null,
    constraint subjects_pkey primary key (singleton),
    constraint subjects_singleton_check check (singleton)
);

insert into personal.subjects (last) values (0);

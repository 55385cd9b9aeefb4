-- Personal values, apart from the log: an event holds a salted commitment to each. Salt and value are encrypted under a key of
-- their subject, which is kept outside the database: erasing it makes the values unreadable here and in every backup.
create schema personal;

-- Who a subject is, as a keyed digest: the same caller is the same subject.
create table personal.subjects (
    subject bigint not null,
    lookup  bytea  not null,
    constraint subjects_pkey primary key (subject),
    constraint subjects_lookup_key unique (lookup)
);

create table personal.fields (
    contract text   not null,
    event_id text   not null,
    field    text   not null,
    subject  bigint not null,
    sealed   bytea  not null, -- nonce, ciphertext of salt and value, tag (AES-256-GCM; the commitment is authenticated with it)
    constraint fields_pkey primary key (contract, event_id, field)
);

create index fields_subject_idx on personal.fields (subject);

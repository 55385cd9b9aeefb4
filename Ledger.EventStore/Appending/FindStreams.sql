select s.stream, s.version, s.last_leaf
from unnest($1::text[]) as a (stream)
cross join lateral (select * from ledger.streams s where s.stream = a.stream limit 1) s

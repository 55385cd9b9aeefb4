select e.stream, e.version, e.leaf_hash
from unnest($1::text[]) as a (stream)
cross join lateral (select * from ledger.events k where k.stream = a.stream order by k.version desc limit 1) e

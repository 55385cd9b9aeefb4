select position, case when position > 0 then recorded_at end, root, frontier from ledger.head for update

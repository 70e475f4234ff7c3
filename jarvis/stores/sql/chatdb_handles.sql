-- Every address that somebody wrote from, or was written to.
SELECT DISTINCT CAST(handle.id AS TEXT) FROM handle

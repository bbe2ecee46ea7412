"""The history on disk: pictures, their recipes and lineage. Works with no endpoint; the only importer of sqlite3.

`library` is the door; what callers see is in `records`. Behind it: `store` writes (one thread), `query` reads
(two), `picture_files`, `inputs` and `thumbnails` keep the bytes, `database` and `schema` the tables.
"""

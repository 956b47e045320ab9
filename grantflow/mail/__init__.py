"""Letters by mail: a row in the same transaction as what it tells of, sent by the worker."""

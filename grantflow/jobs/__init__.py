"""Work that outlives a request (長くかかる作業): rows with a lease and progress, done by the worker."""

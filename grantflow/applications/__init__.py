"""Applications (応募) and their screening."""

"""The committee's review (審査): conflicts, assignments, scores, ranking."""

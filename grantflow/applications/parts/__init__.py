"""The rules of each part of a proposal, by part: what it lacks, how it reads, what of it the lists show."""

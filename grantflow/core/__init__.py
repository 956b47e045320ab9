"""What every context stands on; no domain in here."""

"""The audit trail (監査証跡): who did what to what, when, and the proof that nothing was changed since."""

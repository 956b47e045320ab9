"""Users (利用者), organisations (団体), who belongs to them, and signing in."""

"""The first screening (形式審査): what the program finds in a proposal, and what the secretariat looks at (R3.7)."""

"""The form of each part of a proposal; a draft may lack anything, and only what cannot be kept is refused."""

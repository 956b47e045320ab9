"""Nobody's input breaks a form or a load: invented inputs, the same ones at every run."""

"""Stored files (保存したファイル): their content by its hash, and a row that says what each is."""

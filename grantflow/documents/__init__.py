"""Official papers and lists: values in, PDF, XLSX, CSV and HTML out."""

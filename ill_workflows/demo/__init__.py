"""A whole invented alliance, made from a seed and run end to end by the real jobs."""

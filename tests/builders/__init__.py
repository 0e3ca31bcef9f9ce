"""Real writers that lay a known document out in every container."""

"""How networks are trained and asked; the only place that knows skorch."""

"""Small tools without scientific knowledge."""

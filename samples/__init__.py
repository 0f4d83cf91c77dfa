"""Illustrative car components drawn for this project; `manifest.toml` holds the known answers."""

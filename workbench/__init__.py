"""The application: catalogue of parts, plants, matching, and the two faces (terminal and pages)."""

__all__: list[str] = []

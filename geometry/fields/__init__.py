"""Fields over a part's surface: thickness, draft, access, undercut. All rays are cast in `rays`."""

__all__: list[str] = []

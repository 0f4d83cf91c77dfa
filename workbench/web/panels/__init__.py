"""What lies beside the 3D view of a part."""

__all__: list[str] = []

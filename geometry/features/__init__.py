"""Which features does a part have? One file a family, brought together in `recognition`."""

__all__: list[str] = []

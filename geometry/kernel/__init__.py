"""The only place that imports OCP: reading, topology, surfaces, meshing, writing."""

__all__: list[str] = []

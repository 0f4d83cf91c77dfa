"""How well does a part suit each process? One file a process, its limits in
`rules/<process>.toml`.
"""

__all__: list[str] = []

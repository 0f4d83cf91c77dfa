"""The history of the tables; `workbench.database` runs it."""

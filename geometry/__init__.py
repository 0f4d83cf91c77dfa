"""Reads a STEP model, recognises its features and judges how it can be made."""

VERSION = "21"  # raised whenever an examination of the same file would come out differently

__all__ = ["VERSION"]

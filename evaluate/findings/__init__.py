"""The sealed file: writing, reading, verifying. ``finding.json`` is the public zone."""

from evaluate.findings.store import read, write

__all__ = ["read", "write"]

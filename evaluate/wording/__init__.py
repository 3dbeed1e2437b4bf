"""Headings of the tables of methods, by language."""

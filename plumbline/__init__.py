"""The Python around dbt: lands a data platform's metadata in the warehouse and prints what was found."""

__version__ = "0.1.0"

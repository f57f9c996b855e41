"""Test a new user's first hour with small, typical projects."""

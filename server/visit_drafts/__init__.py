"""Drafts of visits' notes on the server: each author's own, until they are handed in."""

"""Synthetic sample studies. See scripts/make-samples."""

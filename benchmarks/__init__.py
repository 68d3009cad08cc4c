"""Benchmarks: accuracy, speed and peers. ``python -m benchmarks NAME`` runs one; results are JSON."""

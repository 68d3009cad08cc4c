"""Synthetic evidence with exact truth: labels, photos and clips made from a seed, never stored."""

"""Report -> one file per format. Imports ``schema`` only; no pixels, no sensors."""

"""Engines that can be chosen by name: barcode readers and text readers, each behind one plain function."""

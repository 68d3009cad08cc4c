"""Facts: Measurements -> what a clerk would say, or Unknown(why). Pure and cheap.

Operating points (accept / reject pairs; between them is review) live here, each beside the name of the benchmark
that set it. May import ``sensors`` (for Measurement types), ``intake`` and ``schema``; no pixels, no clock.
"""

//! What a call costs, in one interleaved run.

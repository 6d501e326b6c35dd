//! Runs programs natively and under the loader and compares.

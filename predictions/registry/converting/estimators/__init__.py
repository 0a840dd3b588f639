"""Converters of our own: what skl2onnx lacks, or converts wrongly."""

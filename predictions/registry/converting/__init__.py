"""From a fitted estimator to ONNX, by skl2onnx with our corrections round it."""

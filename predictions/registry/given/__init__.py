"""ONNX graphs from anywhere: what they must be like to be served as they are."""

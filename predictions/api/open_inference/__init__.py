"""The Open Inference Protocol (V2): its messages and tensors, to rows and back. Knows no HTTP."""

"""The HTTP doors of the Open Inference Protocol: `/v2`, where every error is {"error": …}."""

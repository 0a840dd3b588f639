"""The views of the Open Inference Protocol: `/v2`, where every error is {"error": …}."""

"""What candidates are judged by: policy, slices and limits, each with a button that tries it on the past."""

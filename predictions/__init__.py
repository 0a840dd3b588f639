"""What a model version is, which is live, and answering requests."""

__version__ = "0.1.0"  # of the package, of the API's schema and of the newest heading of CHANGELOG.md

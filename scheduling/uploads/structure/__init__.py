"""The structure of a file, checked before anything in it is built. Door: `container`."""

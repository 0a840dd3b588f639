"""The worst of many slices: worse than chance makes it? Door: `max_t.max_t`."""

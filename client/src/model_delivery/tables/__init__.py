"""Tables of the caller, of whatever library: `frames.as_frame` takes them, the rest hands them on."""

"""What `/schema` tells besides our views: settings, the default model, how callers prove who they are."""

"""An empty view in a server of its own: nothing before it, nothing beside it. Door: `server.server`."""

"""The process that answers for versions without an ONNX form. Doors: `server.serve`, `own_host.own_host`."""

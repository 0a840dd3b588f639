"""The fastest service that a user of FastAPI might write."""

from fastapi import FastAPI, Request, Response

from benchmarks.services.onnx_row import answer

app = FastAPI()


@app.post("/predict")
async def predict(request: Request) -> Response:
    """Name the species of one flower."""
    status, content = answer(await request.body())
    return Response(content, status_code=status, media_type="application/json")

# Two images of one code: `web` answers requests and has no scikit-learn; `work` sets up, schedules, trains.
FROM python:3.11-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ORT_DISABLE_TELEMETRY=1 \
    PATH=/venv/bin:$PATH \
    VAR_DIR=/data/var \
    MEDIA_ROOT=/data/media
# Named volumes take over the owner of these folders when they are first mounted.
RUN groupadd --gid 10001 app \
    && useradd --uid 10001 --gid app --home-dir /data --no-create-home --shell /usr/sbin/nologin app \
    && mkdir -p /data/var /data/media \
    && chown -R app:app /data
WORKDIR /app

# Wheels exist for every pinned package: nothing is compiled, so no compiler is installed.
FROM base AS uv
ENV UV_PYTHON_DOWNLOADS=never
COPY requirements-uv.txt ./
RUN python -m venv /uv \
    && /uv/bin/pip install --no-cache-dir --require-hashes -r requirements-uv.txt \
    && python -m venv --without-pip /venv

FROM uv AS web-packages
COPY requirements-web.txt ./
RUN /uv/bin/uv pip sync --no-cache --compile-bytecode --python /venv/bin/python --require-hashes requirements-web.txt

FROM uv AS work-packages
COPY requirements.txt ./
RUN /uv/bin/uv pip sync --no-cache --compile-bytecode --python /venv/bin/python --require-hashes requirements.txt

FROM base AS web
COPY --from=web-packages /venv /venv
COPY manage.py ./
COPY mlsite ./mlsite
COPY predictions ./predictions
COPY scheduling ./scheduling
RUN python -m compileall -q mlsite predictions scheduling
USER 10001
EXPOSE 8000
ENV GRANIAN_WORKERS=2 \
    GRANIAN_BLOCKING_THREADS=4 \
    MALLOC_ARENA_MAX=2
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--respawn-failed-workers", "--workers-kill-timeout", "5", "--no-ws", \
     "mlsite.wsgi:application"]

FROM base AS work
# matplotlib writes a cache, and the file system is read-only.
ENV MPLCONFIGDIR=/tmp/matplotlib
COPY --from=work-packages /venv /venv
COPY manage.py ./
COPY mlsite ./mlsite
COPY predictions ./predictions
COPY scheduling ./scheduling
COPY fixtures ./fixtures
# Each run, and the server of its rehearsal, is a process of its own: none should compile our modules again.
RUN python -m compileall -q mlsite predictions scheduling
USER 10001
HEALTHCHECK --interval=30s --timeout=15s --start-period=30s --retries=3 \
    CMD ["python", "manage.py", "runapscheduler", "--check"]
CMD ["python", "manage.py", "runapscheduler"]

# One image for every service: the functions, the relay and the smoke test. See infra/README.md.
#
# The base is given by its digest (infra/container/base-image.txt), and only so:
#   docker build --build-arg BASE_IMAGE="$(python -m infra.build base-image)" .
ARG BASE_IMAGE

FROM ${BASE_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv --copies /opt/venv
WORKDIR /locked
COPY requirements.lock infra/container/requirements.py ./
RUN python requirements.py requirements.lock > requirements.txt \
    && /opt/venv/bin/python -m pip install --require-hashes --no-deps --only-binary :all: -r requirements.txt \
    && /opt/venv/bin/python -m pip uninstall --yes pip
WORKDIR /app
COPY functions functions
COPY shared shared
COPY infra/container infra/container
COPY infra/build/smoke.py infra/build/smoke.py
COPY infra/openapi/openapi.json infra/openapi/openapi.json
# Nothing is compiled at a cold start, and nothing compared: the sources do not change any more.
RUN /opt/venv/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/venv/lib /app

FROM ${BASE_IMAGE}
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin insight
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    INSIGHT_PLATFORM=google
USER 10001:10001
EXPOSE 8080
CMD ["gunicorn", "--config", "python:infra.container.serving", "functions_framework:create_app()"]

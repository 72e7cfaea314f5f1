# gitlab-trigger in a container, for CI jobs and Kubernetes: docker build -t gitlab-trigger .
FROM node:22-alpine AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
# The packed program and what it needs at run time, as `npm install --global` would put it.
RUN npm pack --pack-destination /tmp \
  && npm install --global --prefix /app --omit=dev --ignore-scripts --no-audit --no-fund /tmp/gitlab-trigger-*.tgz

# Alpine's nodejs comes without npm. A shell is needed by GitLab's runner, flock (of busybox) by --lock.
FROM alpine:3.22
RUN apk add --no-cache nodejs=~22
COPY --from=build /app /usr/local
# What is only known when it is built: --build-arg REVISION="$(git rev-parse HEAD)", and SOURCE once the project has an address.
ARG REVISION=""
ARG SOURCE=""
LABEL org.opencontainers.image.title="gitlab-trigger" \
  org.opencontainers.image.description="Command line client for the pipeline triggers of GitLab CI" \
  org.opencontainers.image.version="0.2.0" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.revision="$REVISION" \
  org.opencontainers.image.source="$SOURCE"
# Any user may run it: it writes nothing but what it is asked for.
USER 65532:65532
CMD ["gitlab-trigger", "--help"]

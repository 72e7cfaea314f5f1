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
USER 65532:65532
CMD ["gitlab-trigger", "--help"]

# syntax=docker/dockerfile:1

# Build: the production dependencies, with Node's own image for npm.
FROM node:26-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY src src
# The page carries the documents.
COPY docs docs
COPY SECURITY.md ./
# The page is built with what the image itself does not need.
RUN npm ci --ignore-scripts --no-audit --no-fund \
    && node src/page/build.ts \
    && npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY policies policies
# A first run of everything: a broken image fails here, and what Node compiled is kept for starts on a read-only root.
RUN node src/main.ts demo --once && chmod -R a+rX node_modules/.cache && chmod a+rx src/main.ts
# What the volume begins with: a volume over a folder that is not there would belong to root.
RUN mkdir -p /var/lib/vedette/state /var/lib/vedette/truststores /var/lib/vedette/identities \
    && cp -r policies /var/lib/vedette/policies

# Final: the node binary and the sources as they run; no npm, no compiler.
FROM debian:trixie-slim
LABEL org.opencontainers.image.title="vedette" \
      org.opencontainers.image.description="An outgoing-TLS policy sidecar" \
      org.opencontainers.image.licenses="Apache-2.0"
# libatomic1 is what the node binary needs beyond this base; ca-certificates is the trust store `system`.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libatomic1 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /app /app
COPY --from=build --chown=65532:65532 /var/lib/vedette /var/lib/vedette
# For `docker exec` and `kubectl exec`: vedette status, vedette doctor.
RUN ln -s /app/src/main.ts /usr/local/bin/vedette

# The root may be read-only. Settings, policy, trust stores, identities and state are looked for in this folder, which
# is all that is written to: `vedette apply` writes the policy file, because the file is the law.
ENV NODE_ENV=production \
    NODE_COMPILE_CACHE=/app/node_modules/.cache/vedette \
    NODE_COMPILE_CACHE_PORTABLE=1
WORKDIR /var/lib/vedette
VOLUME /var/lib/vedette
USER 65532:65532
EXPOSE 3128 9901
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=4s --start-period=5s --start-interval=1s CMD ["node", "/app/src/main.ts", "healthcheck"]
ENTRYPOINT ["node", "/app/src/main.ts"]
CMD ["run"]

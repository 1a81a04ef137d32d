# Built with all packages, shipped with those of production alone. What runs has no root, no shell and
# no npm. `docker build --tag contracts-agg .`
ARG NODE=22

FROM node:${NODE}-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY prisma.config.ts tsconfig.json ./
COPY build ./build
COPY prisma ./prisma
COPY src ./src
RUN npm run build

FROM node:${NODE}-bookworm-slim AS production
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts
# Prisma brings query compilers for five databases, each four times: 70 MB that nothing reads, since
# the program has its own in dist.
RUN rm node_modules/@prisma/client/runtime/query_compiler_*
# A volume that is mounted there for the first time takes over who owns it.
RUN mkdir --mode=700 /data

FROM gcr.io/distroless/nodejs${NODE}-debian12:nonroot
LABEL org.opencontainers.image.title="contracts-agg" \
      org.opencontainers.image.description="Keeps EVE Online's public contracts in PostgreSQL, ship contracts marked" \
      org.opencontainers.image.licenses="MIT"
WORKDIR /app
COPY --from=production /app/node_modules ./node_modules
COPY --from=production --chown=65532:65532 /data /data
COPY --from=build /app/dist ./dist
COPY bin ./bin
COPY prisma/migrations ./prisma/migrations
COPY prisma/static-data ./prisma/static-data
COPY LICENSE package.json ./
ENV NODE_ENV=production DATA_DIR=/data
# A number, so that Kubernetes can see that it is not root.
USER 65532:65532
VOLUME /data
# Node is process 1 and gets the signals itself: the program stops in order on SIGTERM.
ENTRYPOINT ["/nodejs/bin/node", "/app/bin/contracts-agg.js"]
CMD ["run"]

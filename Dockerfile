# syntax=docker/dockerfile:1

# Builds the jar, and spreads it out, which starts faster.
FROM eclipse-temurin:25-jdk AS build
WORKDIR /build
ENV MAVEN_USER_HOME=/maven
COPY . .
RUN --mount=type=cache,target=/maven \
    ./mvnw -q -B -ntp -Dmaven.repo.local=/maven/repository -Dmaven.test.skip=true package \
    && java -Djarmode=tools -jar target/gateway.jar extract --destination app

# The cache fits only the JVM that made it, so the training run takes place where the gateway will run.
FROM eclipse-temurin:25-jre
COPY --from=build /build/src/launcher/ /opt/gateway/launcher/
COPY --from=build /build/app/ /opt/gateway/app/
RUN sh /opt/gateway/launcher/train.sh java /opt/gateway/app \
    && rm -rf /tmp/* \
    && install -d -o 10001 -g 10001 -m 0750 /var/lib/gateway

# The root file system may be read-only: only these two are written to.
VOLUME ["/tmp", "/var/lib/gateway"]
ENV MALLOC_ARENA_MAX=2 \
    PROXY_STORAGE_PATH=/var/lib/gateway/artifacts \
    PROXY_DATABASE_PATH=/var/lib/gateway/proxy.db
USER 10001:10001
WORKDIR /var/lib/gateway
EXPOSE 8080
STOPSIGNAL SIGTERM
# Heap and direct buffers share the container's memory; more options go into JDK_JAVA_OPTIONS.
ENTRYPOINT ["java", "@/opt/gateway/launcher/java.options", "-XX:MaxRAMPercentage=45", \
    "-XX:AOTCache=/opt/gateway/app/gateway.aot", "-cp", "/opt/gateway/app/gateway.jar", "gateway.Gateway"]
CMD ["serve"]

package gateway.web;

import static org.springframework.web.reactive.function.server.RouterFunctions.route;

import gateway.catalog.Catalog;
import gateway.catalog.Statistics;
import gateway.settings.ByteSize;
import gateway.settings.Settings;
import gateway.storage.BlobStore;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RequestPredicate;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** What people and probes ask: health, statistics, metrics, and what this is. */
final class ControlPlane {

    private static final Logger log = LoggerFactory.getLogger(ControlPlane.class);
    private static final Duration CHECK = Duration.ofSeconds(5);
    /** For paths that belong to no mount. */
    static final String NOWHERE = "no repository is mounted here; GET / lists them";

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Settings settings;
    private final Catalog catalog;
    private final BlobStore store;
    private final PrometheusMeterRegistry meters;
    private final Savings savings;
    private final Home home;
    private final Explain explain;
    private final @Nullable AdminApi admin;
    private final @Nullable PackagesApi packages;
    private final Mono<String> ready;
    private final Mono<String> health;
    private volatile boolean stopping;

    ControlPlane(WebServer.Parts parts, Savings savings, ForwardedBase forwarded, Guard guard) {
        this.settings = parts.settings();
        this.catalog = parts.catalog();
        this.store = parts.store();
        this.meters = parts.meters();
        this.savings = savings;
        this.home = new Home(parts.mounts(), parts.version(), forwarded);
        this.explain = new Explain(new Mounts(parts.mounts()), parts.pullThrough(), guard);
        ProjectParts traffic = parts.projects();
        this.packages = traffic == null || traffic.lists() == null
                ? null
                : new PackagesApi(traffic, traffic.lists(), settings.baseUrl(), forwarded);
        AdminParts projects = parts.admin();
        this.admin = projects == null
                ? null
                : new AdminApi(projects, forwarded, settings.network().allowPrivateUpstreams(), parts.clock());
        Mono<Void> cache = Mono.defer(() -> store.check().then(catalog.check()));
        this.ready = checked(cache);
        // Without projects what is cached can still be served: no reason to send nobody here.
        this.health = projects == null ? ready : checked(cache.then(projects.check()));
    }

    RouterFunction<ServerResponse> routes() {
        RouterFunction<ServerResponse> routes = route(reading("/"), home::page)
                .andRoute(reading("/health"), request -> told(health))
                .andRoute(reading("/health/live"), request -> text(200, "ok"))
                .andRoute(reading("/health/ready"), request -> stopping ? text(503, "stopping") : told(ready))
                .andRoute(reading("/stats"), this::stats)
                .andRoute(reading("/explain"), explain::page)
                .andRoute(reading("/metrics"), request -> metrics());
        RouterFunction<ServerResponse> listed = packages == null ? routes : routes.and(packages.routes());
        return (admin == null ? listed : listed.and(admin.routes()))
                .andRoute(RequestPredicates.all(), request -> text(404, NOWHERE))
                .filter((request, next) -> next.handle(request).onErrorResume(error -> failed(request, error)));
    }

    private static Mono<ServerResponse> failed(ServerRequest request, Throwable error) {
        log.error("{} {} failed", request.method(), request.path(), error);
        return text(500, "internal error of the gateway");
    }

    private static RequestPredicate reading(String path) {
        return RequestPredicates.methods(HttpMethod.GET, HttpMethod.HEAD).and(RequestPredicates.path(path));
    }

    void stopping() {
        stopping = true;
    }

    /**
     * Empty text when all is well, else the reason why not. Probes come often and from several sides: one check a second is
     * enough for all of them.
     */
    private static Mono<String> checked(Mono<Void> check) {
        return check.timeout(CHECK)
                .thenReturn("")
                .onErrorResume(error -> {
                    log.warn("unhealthy: {}", error.getMessage());
                    return Mono.just(String.valueOf(error.getMessage()));
                })
                .cache(Duration.ofSeconds(1));
    }

    private static Mono<ServerResponse> told(Mono<String> check) {
        return check.flatMap(reason -> reason.isEmpty() ? text(200, "ok") : text(503, reason));
    }

    private Mono<ServerResponse> stats(ServerRequest request) {
        int popular = number(request, "popular");
        int recent = number(request, "recent");
        return catalog.statistics(popular, recent)
                .flatMap(statistics -> ServerResponse.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(JSON.writerWithDefaultPrettyPrinter()
                                .writeValueAsString(document(statistics.with(savings.rows())))));
    }

    private Map<String, Object> document(Statistics statistics) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("total_size", ByteSize.human(statistics.totalSizeBytes()));
        document.put("storage_path", settings.storage().path().toString());
        document.put("database_path", settings.database().path().toString());
        document.putAll(JSON.convertValue(statistics, new TypeReference<Map<String, Object>>() {}));
        return document;
    }

    private static int number(ServerRequest request, String parameter) {
        return request.queryParam(parameter)
                .filter(text -> text.matches("\\d{1,4}"))
                .map(Integer::parseInt)
                .orElse(10);
    }

    private Mono<ServerResponse> metrics() {
        return ServerResponse.ok()
                .contentType(MediaType.parseMediaType("text/plain; version=0.0.4; charset=utf-8"))
                .bodyValue(meters.scrape());
    }

    private static Mono<ServerResponse> text(int status, String line) {
        return ServerResponse.status(status).contentType(MediaType.TEXT_PLAIN).bodyValue(line + "\n");
    }
}

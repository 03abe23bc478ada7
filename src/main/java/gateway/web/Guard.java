package gateway.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import gateway.cache.Mount;
import gateway.project.Audit;
import gateway.project.Caller;
import gateway.project.Projects;
import gateway.project.Scope;
import gateway.settings.Repository;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Mounts that serve nobody without a token. Any valid one opens them: a user's, whatever the user's projects, and a deploy
 * token that may read packages; what clients store takes one that may write.
 *
 * <p>Who was let in is remembered for some seconds, or until anything changes about projects and tokens: hits ask here
 * from the event loop.
 */
final class Guard {

    private static final Duration REMEMBERED = Duration.ofSeconds(5);
    private static final int MOST = 10_000;

    private final Set<String> guarded;
    /** Null when nothing is guarded. */
    private final @Nullable Projects projects;
    /** Null likewise. */
    private final @Nullable Audit audit;

    private final Cache<Sent, Admission> admissions;

    /** All of a request that may say who sends it. */
    private record Sent(
            @Nullable String personal,
            @Nullable String deploy,
            @Nullable String job,
            @Nullable String authorization) {

        static Sent of(HttpHeaders headers) {
            return new Sent(
                    headers.get("Private-Token"),
                    headers.get("Deploy-Token"),
                    headers.get("Job-Token"),
                    headers.get("Authorization"));
        }
    }

    private record Admission(long generation, boolean writes) {}

    /** @throws IllegalArgumentException when something is guarded and there are no projects, whose tokens would open it */
    Guard(List<Repository> repositories, @Nullable ProjectParts parts, Clock clock) {
        this.guarded = repositories.stream()
                .filter(Repository::guarded)
                .map(Repository::path)
                .collect(Collectors.toUnmodifiableSet());
        if (!guarded.isEmpty() && parts == null) {
            throw new IllegalArgumentException("no token opens " + guarded);
        }
        this.projects = parts == null ? null : parts.projects();
        this.audit = parts == null ? null : parts.audit();
        this.admissions = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfterWrite(REMEMBERED)
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .executor(Runnable::run)
                .build();
    }

    boolean guards(Mount mount) {
        return guarded.contains(mount.path());
    }

    /** Whether who sends these headers was let in just now; never waits. */
    boolean knows(HttpHeaders headers, boolean reads) {
        Projects known = projects;
        Admission admission = known == null ? null : admissions.getIfPresent(Sent.of(headers));
        return known != null
                && admission != null
                && admission.generation() == known.generation()
                && (reads || admission.writes());
    }

    /** Whether who sends these headers is let in; an error when tokens cannot be read. */
    Mono<Boolean> admits(HttpHeaders headers, boolean reads) {
        Projects known = projects;
        if (known == null) {
            return Mono.just(true);
        }
        Sent sent = Sent.of(headers);
        return Mono.defer(() -> {
            long generation = known.generation();
            return known.identify(PresentedReader.read(headers::get)).map(caller -> {
                Admission admission = admission(caller, generation);
                if (admission != null) {
                    admissions.put(sent, admission);
                }
                return admission != null && (reads || admission.writes());
            });
        });
    }

    /**
     * Tells the audit log that somebody was sent away; whether with a credential, is what is returned.
     *
     * @param address of the client
     */
    boolean refused(Mount mount, String method, HttpHeaders headers, String address) {
        boolean sent = PresentedReader.read(headers::get) != null;
        if (audit != null) {
            audit.refused(new Audit.Event(
                    sent ? "unknown" : "anonymous", method + " " + mount.path(), "", address, "401 no valid token"));
        }
        return sent;
    }

    private static @Nullable Admission admission(Caller caller, long generation) {
        return switch (caller) {
            case Caller.Anonymous anonymous -> null;
            case Caller.Unknown unknown -> null;
            case Caller.Administrator administrator -> new Admission(generation, true);
            case Caller.User user -> new Admission(generation, user.writes());
            case Caller.Deploy deploy -> {
                boolean writes = deploy.scopes().contains(Scope.WRITE_PACKAGE_REGISTRY);
                yield writes || deploy.scopes().contains(Scope.READ_PACKAGE_REGISTRY)
                        ? new Admission(generation, writes)
                        : null;
            }
        };
    }
}

package gateway.upstream.git;

import gateway.settings.Network;
import gateway.upstream.UpstreamRequest;
import gateway.upstream.UpstreamResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** All git repositories that were asked so far, and the threads on which JGit may block. */
final class Repositories implements AutoCloseable {

    private static final int THREADS = 4;
    private static final int WAITING = 1024;
    private static final int KEPT_SECONDS = 30;
    private static final Duration ALWAYS = Duration.ofMillis(Long.MAX_VALUE);

    private final Network network;
    private final Path folder;
    private final Path temporary;
    private final Clock clock;
    private final Map<String, Mirror> mirrors = new ConcurrentHashMap<>();
    /** Remotes that hang must not keep others from what is mirrored. */
    private final Scheduler fetching = Schedulers.newBoundedElastic(THREADS, WAITING, "git-fetch", KEPT_SECONDS, true);

    private final Scheduler reading = Schedulers.newBoundedElastic(THREADS, WAITING, "git", KEPT_SECONDS, true);
    private final Mono<Void> ready = Mono.<Void>fromRunnable(this::prepare)
            .subscribeOn(reading)
            .cache(nothing -> ALWAYS, error -> Duration.ZERO, () -> ALWAYS);

    Repositories(Network network, Path folder, Clock clock) {
        this.network = network;
        this.folder = folder;
        this.temporary = folder.resolve("tmp");
        this.clock = clock;
    }

    Mono<UpstreamResponse> get(UpstreamRequest request) {
        return ready.onErrorMap(error -> GitFailures.of(request.upstream(), error))
                .then(Mono.defer(() -> {
                    Mirror mirror = mirrors.computeIfAbsent(
                            GitUpstreams.identity(request.upstream()),
                            id -> new Mirror(request.upstream(), network, folder.resolve(id), clock, fetching));
                    if (GitArchives.asks(request)) {
                        return new GitArchives(request.upstream(), mirror, temporary, reading).answer(request);
                    }
                    return new GitModules(request.upstream(), mirror, temporary, reading).answer(request);
                }));
    }

    /** Also clears away archives that a process did not finish. */
    private void prepare() {
        OwnConfiguration.install();
        try {
            Files.createDirectories(temporary);
            try (DirectoryStream<Path> left = Files.newDirectoryStream(temporary)) {
                for (Path file : left) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        fetching.dispose();
        reading.dispose();
        mirrors.values().forEach(Mirror::close);
    }
}

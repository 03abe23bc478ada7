package gateway.upstream.git;

import gateway.settings.Network;
import gateway.settings.Upstream;
import gateway.upstream.Reach;
import gateway.upstream.UpstreamException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.EmptyProgressMonitor;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.FetchResult;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.TransportHttp;
import org.eclipse.jgit.transport.URIish;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A bare copy of a repository with all its branches and tags, fetched again when it is asked for and older than
 * {@link #FRESH}; whoever asks meanwhile waits for the same fetch.
 */
final class Mirror {

    static final Duration FRESH = Duration.ofSeconds(30);
    /** After a failure. */
    static final Duration PAUSE = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(Mirror.class);
    /** Beside git's own files, once all was fetched. */
    private static final String WHOLE = "gateway-whole";

    private static final List<RefSpec> ALL =
            List.of(new RefSpec("+refs/heads/*:refs/heads/*"), new RefSpec("+refs/tags/*:refs/tags/*"));

    /**
     * How the last fetch went.
     *
     * @param failure null when it went well
     */
    record Freshness(Instant at, @Nullable UpstreamException failure) {}

    /** What is on disk. */
    record Local(Repository repository, Served served) {}

    private final Upstream upstream;
    private final Network network;
    /** Null for a folder of this machine. */
    private final @Nullable Reach reach;

    private final Path folder;
    private final Clock clock;
    private final Scheduler fetching;
    private final AtomicReference<@Nullable Mono<Freshness>> underWay = new AtomicReference<>();
    private volatile @Nullable Freshness last;
    private @Nullable Local local;

    Mirror(Upstream upstream, Network network, Path folder, Clock clock, Scheduler fetching) {
        this.upstream = upstream;
        this.network = network;
        this.reach = "file".equals(upstream.url().getScheme()) ? null : new Reach(upstream, network);
        this.folder = folder;
        this.clock = clock;
        this.fetching = fetching;
    }

    /** Fetches unless that was done a moment ago; an {@link UpstreamException} when there is nothing to answer from. */
    Mono<Freshness> refreshed() {
        return Mono.defer(() -> {
                    Freshness now = last;
                    return now != null && clock.instant().isBefore(now.at().plus(now.failure() == null ? FRESH : PAUSE))
                            ? Mono.just(now)
                            : fetched();
                })
                .flatMap(now -> now.failure() == null || isWhole() ? Mono.just(now) : Mono.error(now.failure()));
    }

    /** Fetches now, or waits for a fetch that is under way. */
    Mono<Freshness> fetched() {
        return Mono.defer(() -> {
            Mono<Freshness> fetch = Mono.fromCallable(this::fetch)
                    .subscribeOn(fetching)
                    .doFinally(signal -> underWay.set(null))
                    .cache();
            Mono<Freshness> shared = underWay.compareAndExchange(null, fetch);
            return shared == null ? fetch : shared;
        });
    }

    /** Whether it was fetched once, perhaps long ago. */
    boolean isWhole() {
        return Files.exists(folder.resolve(WHOLE));
    }

    private Freshness fetch() {
        @Nullable UpstreamException failure = null;
        try {
            pull(open().repository());
            if (!isWhole()) {
                Files.createFile(folder.resolve(WHOLE));
            }
        } catch (IOException | URISyntaxException | RuntimeException e) {
            failure = GitFailures.of(upstream, e);
            log.warn("{}{}", failure.getMessage(), isWhole() ? "; what was fetched before is served" : "");
            log.debug("git fetch", e);
        }
        Freshness now = new Freshness(clock.instant(), failure);
        last = now;
        return now;
    }

    private void pull(Repository local) throws IOException, URISyntaxException {
        URI url = upstream.url();
        if (reach == null) {
            pull(local, new URIish().setPath(url.getPath()), null);
        } else {
            try (GitHttp http = new GitHttp(reach, network)) {
                pull(local, new URIish(url.toString()), http);
            }
        }
    }

    private void pull(Repository local, URIish remote, @Nullable GitHttp http) throws IOException {
        try (Transport transport = Transport.open(local, remote)) {
            if (http != null && transport instanceof TransportHttp web) {
                web.setHttpConnectionFactory(http);
            }
            transport.setTimeout(Math.toIntExact(network.responseTimeout().toSeconds()));
            transport.setTagOpt(TagOpt.NO_TAGS);
            transport.setRemoveDeletedRefs(true);
            FetchResult result = transport.fetch(new Deadline(clock, network.flightTimeout()), ALL);
            Ref head = result.getAdvertisedRef(Constants.HEAD);
            if (head != null) {
                follow(local, head, result);
            }
        }
    }

    /** Makes the remote's default branch ours; an old server names only its commit. */
    private static void follow(Repository local, Ref head, FetchResult result) throws IOException {
        String branch = head.isSymbolic()
                ? head.getTarget().getName()
                : result.getAdvertisedRefs().stream()
                        .filter(ref -> ref.getName().startsWith(Constants.R_HEADS)
                                && Objects.equals(ref.getObjectId(), head.getObjectId()))
                        .map(Ref::getName)
                        .min(Comparator.comparing(Mirror::preference))
                        .orElse("");
        if (branch.startsWith(Constants.R_HEADS)) {
            local.updateRef(Constants.HEAD, true).link(branch);
        }
    }

    private static String preference(String branch) {
        return branch.equals("refs/heads/main") ? "" : branch.equals("refs/heads/master") ? " " : branch;
    }

    /** The copy; made when there is none, also when somebody has deleted it. */
    synchronized Local open() throws IOException {
        Local known = local;
        if (known != null && Files.exists(folder.resolve(Constants.HEAD))) {
            return known;
        }
        close();
        Files.createDirectories(folder);
        Repository repository =
                new FileRepositoryBuilder().setGitDir(folder.toFile()).setBare().build();
        if (!Files.exists(folder.resolve(Constants.HEAD))) {
            repository.create(true);
            configure(repository.getConfig());
        }
        known = new Local(repository, new Served(repository));
        local = known;
        return known;
    }

    private static void configure(StoredConfig config) throws IOException {
        config.setBoolean("gc", null, "autoDetach", false);
        // As the go command has it, so that its checksums come out.
        config.setString("core", null, "autocrlf", "input");
        config.setString("core", null, "eol", "lf");
        // What is larger is not held in memory.
        config.setString("core", null, "streamFileThreshold", "8m");
        config.save();
    }

    synchronized void close() {
        if (local != null) {
            local.repository().close();
            local = null;
        }
    }

    /** Ends a fetch that would go on for ever. */
    private static final class Deadline extends EmptyProgressMonitor {
        private final Clock clock;
        private final Instant end;

        Deadline(Clock clock, Duration most) {
            this.clock = clock;
            this.end = clock.instant().plus(most);
        }

        @Override
        public boolean isCancelled() {
            return clock.instant().isAfter(end);
        }
    }
}

package gateway.upstream.git;

import gateway.settings.GitModule;
import gateway.settings.Upstream;
import gateway.upstream.UpstreamException;
import gateway.upstream.UpstreamException.Reason;
import gateway.upstream.UpstreamRequest;
import gateway.upstream.UpstreamResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.eclipse.jgit.lib.Repository;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Answers what a Go module proxy is asked, from the mirror of one git repository. */
final class GitModules {

    private static final Logger log = LoggerFactory.getLogger(GitModules.class);
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";

    private final Upstream upstream;
    private final GitModule naming;
    private final Mirror mirror;
    private final Path temporary;
    private final Scheduler reading;

    /** @param temporary where archives are made; it is there */
    GitModules(Upstream upstream, Mirror mirror, Path temporary, Scheduler reading) {
        this.upstream = upstream;
        this.naming = Objects.requireNonNull(upstream.git());
        this.mirror = mirror;
        this.temporary = temporary;
        this.reading = reading;
    }

    Mono<UpstreamResponse> answer(UpstreamRequest request) {
        String path =
                request.uri().toString().substring(upstream.url().toString().length());
        Optional<Question> question = Question.of(path);
        Optional<ModulePath> module = question.flatMap(asked -> ModulePath.of(naming.path(), asked.module()));
        if (module.isEmpty()) {
            return Mono.just(absent(request.uri(), "this repository holds no such module"));
        }
        Asked asked = new Asked(question.get(), module.get(), request);
        return Mono.fromCallable(() -> held(asked))
                .subscribeOn(reading)
                .switchIfEmpty(mirror.refreshed()
                        .publishOn(reading)
                        .flatMap(now -> Mono.fromCallable(() -> answer(asked, now))))
                .doOnDiscard(UpstreamResponse.class, UpstreamResponse::discard)
                .onErrorMap(this::failed);
    }

    private record Asked(Question question, ModulePath module, UpstreamRequest request) {

        URI uri() {
            return request.uri();
        }
    }

    /** What needs no look at the remote, since it can never change; null when there is nothing of that kind. */
    private @Nullable UpstreamResponse held(Asked asked) throws IOException {
        if (!asked.question().isPinned() || !mirror.isWhole()) {
            return null;
        }
        try {
            return answer(asked);
        } catch (AbsentException e) {
            return null;
        }
    }

    private UpstreamResponse answer(Asked asked, Mirror.Freshness now) throws IOException {
        try {
            return answer(asked);
        } catch (AbsentException e) {
            if (now.failure() != null) {
                // It may be there, and nobody can look.
                throw now.failure();
            }
            return absent(asked.uri(), asked.module().path() + ": " + e.reason());
        }
    }

    private UpstreamResponse answer(Asked asked) throws IOException, AbsentException {
        Mirror.Local local = mirror.open();
        try (Modules modules = new Modules(local.repository(), local.served(), naming)) {
            ModulePath module = asked.module();
            String version = asked.question().version();
            return switch (asked.question().kind()) {
                case LIST -> text(asked, TEXT, list(modules.list(module)));
                case LATEST -> text(asked, JSON, info(modules.latest(module)));
                case INFO -> {
                    Modules.Found found = modules.find(module, version);
                    yield text(asked, JSON, info(asked.question().isPinned() ? modules.keep(found) : found));
                }
                case MOD ->
                    GitResponse.of(asked.uri(), 200, TEXT, modules.goMod(modules.keep(modules.find(module, version))));
                case ZIP -> zip(asked, local.repository(), modules.keep(modules.find(module, version)));
            };
        }
    }

    private static String list(List<GoVersion> versions) {
        return versions.stream().map(GoVersion::text).collect(Collectors.joining("\n"));
    }

    private static String info(Modules.Found found) {
        return "{\"Version\":\"" + found.version() + "\",\"Time\":\"" + found.time() + "\"}";
    }

    private UpstreamResponse zip(Asked asked, Repository repository, Modules.Found found)
            throws IOException, AbsentException {
        if (asked.request().method().equals("HEAD")) {
            return GitResponse.head(asked.uri(), "application/zip");
        }
        Path file = Files.createTempFile(temporary, "module", ".zip");
        try {
            try (OutputStream out = Files.newOutputStream(file)) {
                ModuleZip.write(repository, found, out);
            }
            long size = Files.size(file);
            if (size > ModuleZip.LARGEST) {
                throw new AbsentException("its zip has more than the 500 MiB that the go command takes");
            }
            return GitResponse.file(asked.uri(), "application/zip", size, Files.newInputStream(file), reading);
        } finally {
            // Open files stay readable without a name.
            Files.deleteIfExists(file);
        }
    }

    private static UpstreamResponse text(Asked asked, String type, String text) {
        return GitResponse.of(asked.uri(), 200, type, text.getBytes(StandardCharsets.UTF_8));
    }

    private static UpstreamResponse absent(URI uri, String reason) {
        return GitResponse.of(uri, 404, TEXT, ("not found: " + reason + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private Throwable failed(Throwable error) {
        if (error instanceof UpstreamException) {
            return error;
        }
        if (error instanceof RejectedExecutionException) {
            return GitFailures.failure(upstream, Reason.UNREACHABLE, "is asked for too much at once", error);
        }
        log.warn("the copy of the git repository of upstream {} cannot be read", upstream.name(), error);
        return GitFailures.of(upstream, error);
    }
}

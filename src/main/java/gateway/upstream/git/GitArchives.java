package gateway.upstream.git;

import gateway.settings.Upstream;
import gateway.upstream.UpstreamException;
import gateway.upstream.UpstreamRequest;
import gateway.upstream.UpstreamResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Packs all files of a tag or branch of one git repository, as the remote has it now: {@code /@archive/refs/tags/v1.0}. The
 * answer's {@code ETag} is the commit, its {@code Last-Modified} the commit's time.
 */
final class GitArchives {

    private static final String ARCHIVE = "/@archive/";

    private final Upstream upstream;
    private final Mirror mirror;
    private final Path temporary;
    private final Scheduler reading;

    /** @param temporary where archives are made; it is there */
    GitArchives(Upstream upstream, Mirror mirror, Path temporary, Scheduler reading) {
        this.upstream = upstream;
        this.mirror = mirror;
        this.temporary = temporary;
        this.reading = reading;
    }

    /** Whether it is asked for an archive, and not for a module. */
    static boolean asks(UpstreamRequest request) {
        return path(request.upstream(), request.uri()).startsWith(ARCHIVE);
    }

    private static String path(Upstream upstream, URI uri) {
        return uri.toString().substring(upstream.url().toString().length());
    }

    Mono<UpstreamResponse> answer(UpstreamRequest request) {
        URI uri = request.uri();
        String name = URI.create(path(upstream, uri)).getPath().substring(ARCHIVE.length());
        return mirror.fetched()
                .publishOn(reading)
                .flatMap(now ->
                        now.failure() == null ? Mono.fromCallable(() -> answer(uri, name)) : Mono.error(now.failure()))
                .doOnDiscard(UpstreamResponse.class, UpstreamResponse::discard)
                .onErrorMap(error -> error instanceof UpstreamException ? error : GitFailures.of(upstream, error));
    }

    private UpstreamResponse answer(URI uri, String name) throws IOException {
        try {
            return packed(uri, name);
        } catch (AbsentException e) {
            return GitResponse.of(
                    uri, 404, "text/plain; charset=utf-8", e.reason().getBytes(StandardCharsets.UTF_8));
        }
    }

    private UpstreamResponse packed(URI uri, String name) throws IOException, AbsentException {
        Repository repository = mirror.open().repository();
        RevCommit commit = commit(repository, name);
        Path file = Files.createTempFile(temporary, "archive", ".zip");
        try {
            try (OutputStream out = Files.newOutputStream(file)) {
                CommitZip.write(repository, commit, out);
            }
            return GitResponse.file(uri, "application/zip", Files.size(file), Files.newInputStream(file), reading)
                    .with(Map.of(
                            "etag",
                            commit.name(),
                            "last-modified",
                            commit.getCommitterIdent().getWhenAsInstant().toString()));
        } finally {
            // Open files stay readable without a name.
            Files.deleteIfExists(file);
        }
    }

    private static RevCommit commit(Repository repository, String name) throws IOException, AbsentException {
        Ref ref = Repository.isValidRefName(name) ? repository.exactRef(name) : null;
        ObjectId id = ref == null ? null : ref.getObjectId();
        if (id == null) {
            throw new AbsentException("the git repository has no " + name);
        }
        try (RevWalk walk = new RevWalk(repository)) {
            return walk.parseCommit(id);
        } catch (IncorrectObjectTypeException e) {
            throw new AbsentException(name + " of the git repository is no commit");
        }
    }
}

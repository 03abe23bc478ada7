package gateway.cache;

import gateway.project.Project;
import gateway.settings.Upstream;
import gateway.upstream.UpstreamRequest;
import gateway.upstream.UpstreamResponse;
import gateway.upstream.Upstreams;
import io.netty.buffer.ByteBuf;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What is in the git repositories of projects, packed. */
public final class ProjectArchives {

    private static final int MOST_WORDS = 4096;

    private final Upstreams upstreams;

    public ProjectArchives(Upstreams upstreams) {
        this.upstreams = upstreams;
    }

    /**
     * All files of a commit.
     *
     * @param commit its name, hex
     * @param time of the commit, ISO 8601
     * @param length bytes
     * @param zip equal whenever it is made of the same commit; to be read once
     */
    public record Archive(String commit, String time, long length, Flux<ByteBuf> zip) {}

    /**
     * Packs what a tag or branch stands for at this moment.
     *
     * @param ref such as {@code refs/tags/v1.0}
     * @param use reads the archive, or leaves it
     * @return a failure with status 404 when there is no repository, or no such tag or branch in it
     */
    public <T> Mono<T> pack(Project project, String ref, Function<Archive, Mono<T>> use) {
        Project.Git git = project.git();
        if (git == null) {
            return Mono.error(new Failure(
                    404,
                    "Not Found - the project has no git repository; name one in its settings: git.url",
                    null,
                    null));
        }
        Upstream upstream = ProjectModules.upstream(project.id(), git);
        URI uri = URI.create(upstream.url() + encoded("/@archive/" + ref));
        UpstreamRequest request =
                new UpstreamRequest(upstream, UpstreamRequest.Lane.ARTIFACT, "GET", uri, Map.of(), null, false);
        return Mono.usingWhen(
                upstreams.get(request),
                response -> response.status() == 200
                        ? use.apply(new Archive(
                                told(response.header("ETag")),
                                told(response.header("Last-Modified")),
                                response.length().orElse(-1L),
                                response.body()))
                        : refused(response),
                response -> Mono.fromRunnable(response::discard));
    }

    private static String told(@Nullable String header) {
        return header == null ? "" : header;
    }

    private static String encoded(String path) {
        try {
            return new URI(null, null, path, null).getRawPath();
        } catch (URISyntaxException e) {
            throw new Failure(400, "no tag or branch can be called so", null, e);
        }
    }

    private static <T> Mono<T> refused(UpstreamResponse response) {
        return response.body()
                .map(buffer -> {
                    try {
                        return buffer.toString(StandardCharsets.UTF_8);
                    } finally {
                        buffer.release();
                    }
                })
                .reduce("", (before, more) -> before.length() > MOST_WORDS ? before : before + more)
                .flatMap(why -> Mono.error(new Failure(404, "Not Found - " + why, null, null)));
    }
}

package gateway.registry;

import gateway.cache.Failure;
import gateway.cache.ProjectRequest;
import gateway.cache.ProjectTraffic;
import gateway.cache.Refusals;
import gateway.cache.Reply;
import gateway.cache.Shelf;
import gateway.format.Algorithm;
import gateway.project.PackageFile;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Maven: each path is a file, metadata and snapshots too; MD5 and SHA-1 are derived from it, and other digests are files. */
final class MavenRegistry implements ProjectTraffic {

    private static final String METADATA = "maven-metadata.xml";
    private static final String SNAPSHOT = "-SNAPSHOT";
    /** More than any file with a digest in it has. */
    private static final int LONGEST_DIGEST = 4096;

    private final Shelf shelf;

    MavenRegistry(Shelf shelf) {
        this.shelf = shelf;
    }

    /**
     * A path taken apart.
     *
     * @param file path of the file; of a digest, that of the file beside which it stands
     * @param folders above the file
     * @param digest which digest of the file is meant; null for the file itself
     */
    private record Path(
            String file, List<String> folders, @Nullable Algorithm digest) {

        static Path of(String path) {
            Algorithm digest = path.endsWith(".sha1") ? Algorithm.SHA1 : path.endsWith(".md5") ? Algorithm.MD5 : null;
            String file = digest == null
                    ? path
                    : path.substring(0, path.length() - digest.label().length() - 1);
            List<String> segments = List.of(file.substring(1).split("/", -1));
            return new Path(file, segments.subList(0, segments.size() - 1), digest);
        }

        @Nullable
        String fault() {
            if (file.endsWith("/")) {
                return "file_name should be a valid file path";
            }
            return folders.isEmpty() ? "path should be a valid file path" : null;
        }

        /** Metadata of all versions belongs to none of them. */
        private boolean versioned() {
            boolean ofAll = file.endsWith("/" + METADATA) && !folders.getLast().endsWith(SNAPSHOT);
            return !ofAll && folders.size() > 1;
        }

        String name() {
            return String.join("/", versioned() ? folders.subList(0, folders.size() - 1) : folders);
        }

        @Nullable
        String version() {
            return versioned() ? folders.getLast() : null;
        }

        /** Metadata and snapshots are written anew in the course of things, also where nothing is published twice. */
        Shelf.Again again() {
            boolean changes = file.substring(file.lastIndexOf('/') + 1).startsWith(METADATA)
                    || (versioned() && folders.getLast().endsWith(SNAPSHOT));
            return changes ? Shelf.Again.ALWAYS : Shelf.Again.AS_CONFIGURED;
        }
    }

    @Override
    public Mono<Reply> serve(ProjectRequest request) {
        Path path = Path.of(request.ask().path());
        String fault = path.fault();
        if (fault != null) {
            return Mono.just(Refusals.json(400, Map.of("error", fault)));
        }
        return switch (request.ask().method()) {
            case "GET", "HEAD" -> read(request, path);
            case "PUT" -> publish(request, path);
            default -> Mono.just(Refusals.notAllowed("GET, HEAD, PUT"));
        };
    }

    private Mono<Reply> read(ProjectRequest request, Path path) {
        Algorithm digest = path.digest();
        return shelf.find(request, path.file())
                .flatMap(file -> digest == null ? shelf.show(request, file) : Mono.just(digest(file, digest)))
                .switchIfEmpty(Mono.fromSupplier(Refusals::notFound));
    }

    private static Reply digest(PackageFile file, Algorithm algorithm) {
        String hex = algorithm == Algorithm.MD5 ? file.md5() : file.sha1();
        return Reply.held("text/plain", hex.getBytes(StandardCharsets.US_ASCII));
    }

    private Mono<Reply> publish(ProjectRequest request, Path path) {
        Algorithm digest = path.digest();
        if (digest != null) {
            return text(request).flatMap(sent -> compared(request, path, digest, sent));
        }
        Shelf.Item item = new Shelf.Item(
                path.name(), path.version(), path.file(), Uploaded.contentType(request), null, path.again());
        return Uploaded.put(shelf, request, item, received -> Mono.empty())
                .thenReturn(Reply.empty(200).stored());
    }

    /** Maven sends digests after each file. That of MD5 says nothing that SHA-1 does not say better. */
    private Mono<Reply> compared(ProjectRequest request, Path path, Algorithm digest, String sent) {
        if (digest == Algorithm.MD5) {
            return Mono.just(Reply.empty(200));
        }
        return shelf.find(request, path.file())
                .map(file -> file.sha1().equals(sent)
                        ? Reply.empty(204)
                        : Refusals.of(409, "409 Conflict - the file that is here has the SHA-1 " + file.sha1()))
                .switchIfEmpty(Mono.fromSupplier(Refusals::notFound));
    }

    /** The first word of a short body. */
    private static Mono<String> text(ProjectRequest request) {
        return request.body()
                .map(MavenRegistry::bytes)
                .reduce("", (before, more) -> {
                    if (before.length() + more.length() > LONGEST_DIGEST) {
                        throw new Failure(400, "a digest is not as long as that", null, null);
                    }
                    return before + more;
                })
                .map(text -> text.strip().split("\\s", 2)[0].toLowerCase(Locale.ROOT));
    }

    private static String bytes(ByteBuf buffer) {
        try {
            return buffer.toString(StandardCharsets.US_ASCII);
        } finally {
            buffer.release();
        }
    }
}

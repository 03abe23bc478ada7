package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the tarballs out of a packument: one link for each version. */
record NpmLinks(NpmPackage of) implements LinkReader {

    /** What {@code dist} says of a version. */
    private static final class Dist {
        private @Nullable String tarball;
        private @Nullable String integrity;
        private @Nullable String shasum;

        /** The strongest digest; versions from before 2017 have only a SHA-1. */
        private Checksum.@Nullable Known checksum() {
            Optional<Checksum.Known> strong = Optional.ofNullable(integrity).flatMap(Checksum.Known::ofIntegrity);
            return strong.or(
                            () -> Optional.ofNullable(shasum).flatMap(hex -> Checksum.Known.ofHex(Algorithm.SHA1, hex)))
                    .orElse(null);
        }
    }

    @Override
    public void read(InputStream document, Source source, Consumer<Link> links) throws IOException {
        // The times may come after the versions, so links wait for the end: some hundred bytes for each version.
        Map<String, Dist> dists = new LinkedHashMap<>();
        Map<String, Instant> times = new HashMap<>();
        JsonSplice json = JsonSplice.reader(document);
        json.document(key -> {
            switch (key) {
                case "versions" -> json.object(version -> dists.put(version, dist(json)));
                case "time" ->
                    json.object(version -> json.read(text -> time(text).ifPresent(t -> times.put(version, t))));
                default -> json.drop();
            }
        });
        dists.forEach((version, dist) ->
                link(version, dist, times.get(version), source).ifPresent(links));
    }

    private static Dist dist(JsonSplice json) throws IOException {
        Dist dist = new Dist();
        json.object(key -> {
            if (key.equals("dist")) {
                json.object(field -> {
                    switch (field) {
                        case "tarball" -> json.read(text -> dist.tarball = text);
                        case "integrity" -> json.read(text -> dist.integrity = text);
                        case "shasum" -> json.read(text -> dist.shasum = text);
                        default -> json.drop();
                    }
                });
            }
        });
        return dist;
    }

    private Optional<Link> link(String version, Dist dist, @Nullable Instant published, Source source) {
        String tarball = dist.tarball;
        if (tarball == null) {
            return Optional.empty();
        }
        return of.tarball(version, tarball)
                .map(path -> new Link(
                        path,
                        NpmPackage.fetchable(tarball, source.url()).orElse(null),
                        dist.checksum(),
                        new Coordinates("npm", of.name(), version),
                        -1,
                        published));
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}

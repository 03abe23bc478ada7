package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the archives out of a package document, or out of a root that holds packages itself. */
record ComposerLinks() implements LinkReader {

    /** What a version says, as far as it matters; in a minified document only what differs from the one before. */
    private static final class Version {
        private @Nullable String dist;
        private @Nullable String number;
        private @Nullable Instant time;
    }

    @Override
    public void read(InputStream document, Source source, Consumer<Link> links) throws IOException {
        JsonSplice json = JsonSplice.reader(document);
        json.document(key -> {
            if (key.equals("packages")) {
                ComposerDocument.versions(json, (of, number) -> {
                    Version version = new Version();
                    read(json, version);
                    link(of, version, source, links);
                });
            } else {
                json.drop();
            }
        });
    }

    private static void read(JsonSplice json, Version version) throws IOException {
        json.object(key -> {
            switch (key) {
                case "dist" ->
                    json.exchange(dist -> {
                        version.dist = dist;
                        return dist;
                    });
                case "version" -> json.read(number -> version.number = number);
                case "time" -> json.read(time -> version.time = instant(time));
                default -> json.drop();
            }
        });
    }

    private static void link(ComposerPackage of, Version version, Source source, Consumer<Link> links) {
        if (version.dist == null) {
            return;
        }
        ComposerDist.of(version.dist, source.url())
                .map(dist -> new Link(
                        dist.path(of),
                        dist.url(),
                        dist.checksum().orElse(null),
                        new Coordinates("composer", of.name(), version.number),
                        -1,
                        version.time))
                .ifPresent(links);
    }

    private static @Nullable Instant instant(String time) {
        try {
            return OffsetDateTime.parse(time).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }
}

package gateway.format;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads a package's digest out of its leaf of the catalog. */
record NuGetCatalog(NuGetId.Version of) implements LinkReader {

    @Override
    public void read(InputStream document, Source source, Consumer<Link> links) throws IOException {
        Map<String, String> leaf = new HashMap<>();
        JsonSplice json = JsonSplice.reader(document);
        json.document(key -> {
            switch (key) {
                case "packageHash", "packageHashAlgorithm", "published", "created" ->
                    json.read(text -> leaf.put(key, text));
                case "packageSize" ->
                    json.exchange(number -> {
                        leaf.put(key, number);
                        return number;
                    });
                default -> json.drop();
            }
        });
        links.accept(new Link(
                of.flat() + of.file(),
                null,
                checksum(leaf.getOrDefault("packageHashAlgorithm", "SHA512"), leaf.getOrDefault("packageHash", "")),
                of.coordinates(),
                size(leaf.getOrDefault("packageSize", "")),
                // What is not listed has a date in 1900, which says nothing.
                published(leaf.getOrDefault("created", leaf.getOrDefault("published", "")))));
    }

    /** Where a leaf of a registration says that the leaf of the catalog is. */
    static Optional<String> address(byte[] registration, @Nullable Link link) {
        String[] found = new String[1];
        JsonSplice json = JsonSplice.reader(new ByteArrayInputStream(registration));
        try {
            json.document(key -> {
                if (!key.equals("catalogEntry")) {
                    json.drop();
                } else if (json.isObject()) {
                    json.object(inner -> {
                        if (inner.equals("@id")) {
                            json.read(text -> found[0] = text);
                        }
                    });
                } else {
                    json.read(text -> found[0] = text);
                }
            });
            return Optional.ofNullable(found[0]).map(url -> URI.create(url).toString());
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static Checksum.@Nullable Known checksum(String algorithm, String base64) {
        return Checksum.Known.ofIntegrity(algorithm.replace("-", "") + "-" + base64)
                .orElse(null);
    }

    static long size(String number) {
        try {
            return Long.parseLong(number);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    static @Nullable Instant published(String time) {
        try {
            Instant instant = time.endsWith("Z") || time.matches(".*[+-]\\d\\d:\\d\\d")
                    ? OffsetDateTime.parse(time).toInstant()
                    : Instant.parse(time + "Z");
            return instant.isBefore(Instant.parse("1901-01-01T00:00:00Z")) ? null : instant;
        } catch (DateTimeException e) {
            return null;
        }
    }
}

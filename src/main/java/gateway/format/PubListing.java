package gateway.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The listing of a pub package: all its versions, each with its pubspec and the address of its archive. */
record PubListing(String name) implements LinkReader {

    private static final int LONGEST_VERSION = 4 << 20;

    /** What was read of one version so far. */
    private static final class Version {
        private String number = "";
        private String url = "";
        private String sha256 = "";
        private String published = "";
        private boolean waiting;
    }

    @Override
    public void read(InputStream document, Source source, Consumer<Link> links) throws IOException {
        boolean[] listed = new boolean[1];
        JsonSplice json = JsonSplice.reader(document);
        json.document(key -> {
            if (key.equals("versions")) {
                listed[0] = true;
                json.array(() -> {
                    Version version = new Version();
                    json.object(field -> field(json, version, field));
                    if (Pub.isVersion(version.number)) {
                        links.accept(link(version, source));
                    }
                });
            }
        });
        if (!listed[0]) {
            throw new IOException("no listing of versions: " + source.url());
        }
    }

    /** The whole listing, with the archives led through this gateway. */
    Rendering all() {
        return new Rendering("listing", Pub.JSON, (document, source, base, out) -> {
            JsonSplice json = new JsonSplice(document, out);
            json.document(key -> {
                switch (key) {
                    case "latest" -> version(json, new Version(), base);
                    case "versions" -> json.array(() -> version(json, new Version(), base));
                    default -> json.keep();
                }
            });
        });
    }

    /** One version alone. */
    Rendering version(String number) {
        return new Rendering("version-" + number, Pub.JSON, (document, source, base, out) -> {
            boolean[] found = new boolean[1];
            JsonSplice json = JsonSplice.reader(document);
            json.document(key -> {
                if (key.equals("versions")) {
                    json.array(() -> {
                        Version version = new Version();
                        Bounded copy = new Bounded();
                        json.divert(copy, () -> version(json, version, base));
                        if (version.number.equals(number) && !found[0]) {
                            found[0] = true;
                            copy.bytes.writeTo(out);
                        }
                    });
                }
            });
            if (!found[0]) {
                throw new Rendering.Absent("version not found: " + name + " " + number);
            }
        });
    }

    private void version(JsonSplice json, Version version, URI base) throws IOException {
        json.object(
                key -> {
                    if (key.equals("archive_url") && version.number.isEmpty()) {
                        // Its new address needs the number, which comes later: so does the address.
                        version.waiting = true;
                        json.drop();
                    } else if (key.equals("archive_url")) {
                        json.edit(url -> Pub.isVersion(version.number) ? archive(version, base) : url);
                    } else {
                        field(json, version, key);
                    }
                },
                () -> {
                    if (version.waiting && Pub.isVersion(version.number)) {
                        json.add("archive_url", JsonSplice.quote(archive(version, base)));
                    }
                });
    }

    private String archive(Version version, URI base) {
        return base + Origin.encode(Pub.archive(name, version.number));
    }

    private static void field(JsonSplice json, Version version, String key) throws IOException {
        switch (key) {
            case "version" -> json.read(text -> version.number = text);
            case "archive_url" -> json.read(text -> version.url = text);
            case "archive_sha256" -> json.read(text -> version.sha256 = text);
            case "published" -> json.read(text -> version.published = text);
            default -> json.keep();
        }
    }

    private Link link(Version version, Source source) {
        return new Link(
                Pub.archive(name, version.number),
                version.url.isEmpty()
                        ? null
                        : NpmPackage.fetchable(version.url, source.url()).orElse(null),
                Checksum.Known.ofHex(Algorithm.SHA256, version.sha256).orElse(null),
                new Coordinates("pub", name, version.number),
                -1,
                published(version.published));
    }

    private static @Nullable Instant published(String text) {
        try {
            return text.isEmpty() ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Memory for one version. */
    private static final class Bounded extends OutputStream {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] source, int from, int length) throws IOException {
            if (bytes.size() + length > LONGEST_VERSION) {
                throw new IOException("a version is longer than " + LONGEST_VERSION + " bytes");
            }
            bytes.write(source, from, length);
        }
    }
}

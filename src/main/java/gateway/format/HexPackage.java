package gateway.format;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the releases out of a registry file: packed with gzip, a signed message around the package message.
 *
 * @param tarballs path below the mount that their files have in common
 * @param name the package it must be about
 */
record HexPackage(String tarballs, String name) implements LinkReader {

    private static final int TEXT = 256;

    @Override
    public void read(InputStream document, Source source, Consumer<Link> links) throws IOException {
        // Single bytes out of an inflater are dear.
        try (InputStream unpacked = new BufferedInputStream(new GZIPInputStream(document, 1 << 16), 1 << 16)) {
            boolean[] any = new boolean[1];
            ProtobufReader.of(unpacked).fields((field, signed) -> {
                if (field == 1) {
                    any[0] = true;
                    signed.message((inner, payload) -> payload(inner, payload, links));
                }
            });
            if (!any[0]) {
                throw new IOException("not a registry file: " + source.url());
            }
        }
    }

    private void payload(int field, ProtobufReader payload, Consumer<Link> links) throws IOException {
        if (field == 1) {
            release(payload).ifPresent(links);
        } else if (field == 2) {
            String named = payload.text(TEXT);
            if (!named.equals(name)) {
                throw new IOException("the registry file of " + name + " is about " + named);
            }
        }
    }

    private Optional<Link> release(ProtobufReader payload) throws IOException {
        Release release = new Release();
        payload.message(release::field);
        return HexRelease.of(name, release.version)
                .map(known -> new Link(
                        tarballs + known.file(), null, release.checksum(), known.coordinates(), -1, release.published));
    }

    /** What a release message says. */
    private static final class Release {
        private String version = "";
        private byte[] outer = new byte[0];
        private @Nullable Instant published;

        private void field(int field, ProtobufReader message) throws IOException {
            switch (field) {
                case 1 -> version = message.text(TEXT);
                case 5 -> outer = message.bytes(TEXT);
                case 7 -> published = instant(message);
                default -> {}
            }
        }

        /** Of the whole tarball; files of old servers have only the one of its content. */
        private Checksum.@Nullable Known checksum() {
            return Checksum.Known.ofHex(Algorithm.SHA256, HexFormat.of().formatHex(outer))
                    .orElse(null);
        }

        private static @Nullable Instant instant(ProtobufReader message) throws IOException {
            long[] parts = new long[2];
            message.message((field, time) -> {
                if (field == 1 || field == 2) {
                    parts[field - 1] = time.number();
                }
            });
            try {
                return Instant.ofEpochSecond(parts[0], parts[1]);
            } catch (DateTimeException | ArithmeticException e) {
                return null;
            }
        }
    }
}

package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** Reads a Cargo index file, one version a line, however long a line is. */
record CargoLines(String crate) implements LinkReader {

    private static final JsonFactory JSON =
            JsonFactory.builder().disable(StreamReadFeature.AUTO_CLOSE_SOURCE).build();

    @Override
    public void read(InputStream document, Source source, Consumer<Link> links) throws IOException {
        Lines lines = new Lines(document);
        boolean any = false;
        boolean readable = false;
        while (lines.next()) {
            any = true;
            Link link = link(lines);
            if (link != null) {
                readable = true;
                links.accept(link);
            }
        }
        if (any && !readable) {
            throw new IOException("no line describes a version of " + crate + ": " + source.url());
        }
    }

    /** Null for a line that cannot be used: one bad line must not hide the versions after it. */
    private @Nullable Link link(InputStream line) throws IOException {
        String name = "";
        String version = "";
        String checksum = "";
        String published = "";
        try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), line)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            for (String key = in.nextName(); key != null; key = in.nextName()) {
                in.nextToken();
                switch (key) {
                    case "name" -> name = text(in);
                    case "vers" -> version = text(in);
                    case "cksum" -> checksum = text(in);
                    case "pubtime" -> published = text(in);
                    default -> in.skipChildren();
                }
            }
        } catch (JacksonException e) {
            if (e.getCause() instanceof IOException broken) {
                throw broken;
            }
            return null;
        }
        if (!name.toLowerCase(Locale.ROOT).equals(crate) || !Cargo.isName(name) || !Cargo.isVersion(version)) {
            return null;
        }
        return new Link(
                Cargo.download(name, version),
                null,
                Checksum.Known.ofHex(Algorithm.SHA256, checksum).orElse(null),
                new Coordinates("cargo", name, version),
                -1,
                instant(published));
    }

    private static @Nullable Instant instant(String text) {
        try {
            return text.isEmpty() ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static String text(JsonParser in) {
        in.skipChildren();
        return in.getValueAsString("");
    }

    /** A stream that ends at each line's end until it is told to go on. */
    private static final class Lines extends InputStream {

        private final InputStream in;
        private final byte[] buffer = new byte[1 << 16];
        private int position;
        private int limit;
        private boolean begun;

        Lines(InputStream in) {
            this.in = in;
        }

        /** Goes to the next line that is not empty, past whatever is left of this one. */
        boolean next() throws IOException {
            for (int left = begun ? rest() : 0; left > 0; left = rest()) {
                position += left;
            }
            while (fill() && (buffer[position] == '\n' || buffer[position] == '\r')) {
                position++;
            }
            begun = true;
            return fill();
        }

        @Override
        public int read() throws IOException {
            return rest() == 0 ? -1 : buffer[position++] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = Math.min(length, rest());
            System.arraycopy(buffer, position, target, offset, count);
            position += count;
            return count == 0 && length > 0 ? -1 : count;
        }

        /** How many bytes of the line are at hand; 0 at its end. */
        private int rest() throws IOException {
            if (!fill()) {
                return 0;
            }
            int end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            return end - position;
        }

        private boolean fill() throws IOException {
            if (position == limit) {
                position = 0;
                limit = Math.max(0, in.read(buffer, 0, buffer.length));
            }
            return limit > 0;
        }
    }
}

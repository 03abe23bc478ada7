package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads a gem's file of the compact index, one version a line: {@code 1.0-java dep:>= 1|checksum:..,created_at:..}. */
record GemInfo(String gem) implements LinkReader {

    private static final String BEGIN = "---";

    @Override
    public void read(InputStream document, Source source, Consumer<Link> links) throws IOException {
        Reading reading = new Reading(links);
        new DebianLines(document).forEach(reading);
        if (reading.lines > 0 && !reading.begun && !reading.readable) {
            throw new IOException("no line describes a version of " + gem + ": " + source.url());
        }
    }

    /** What one pass has seen so far. */
    private final class Reading implements DebianLines.Sink {

        private final Consumer<Link> links;
        private int lines;
        private boolean begun;
        private boolean readable;

        Reading(Consumer<Link> links) {
            this.links = links;
        }

        @Override
        public boolean line(byte[] bytes, int from, int to) {
            String line = new String(bytes, from, to - from, StandardCharsets.UTF_8).stripTrailing();
            lines++;
            begun |= line.equals(BEGIN);
            Link link = link(line);
            if (link != null) {
                readable = true;
                links.accept(link);
            }
            return true;
        }
    }

    /** Null for a line that cannot be used: one bad line must not hide the versions after it. */
    private @Nullable Link link(String line) {
        int space = line.indexOf(' ');
        String version = space < 0 ? line : line.substring(0, space);
        if (!GemName.isVersion(version)) {
            return null;
        }
        Checksum.Known checksum = null;
        Instant published = null;
        int bar = line.indexOf('|');
        for (String requirement : line.substring(bar + 1).split(",")) {
            int colon = requirement.indexOf(':');
            switch (bar < 0 || colon < 0 ? "" : requirement.substring(0, colon)) {
                case "checksum" ->
                    checksum = Checksum.Known.ofHex(Algorithm.SHA256, requirement.substring(colon + 1))
                            .orElse(null);
                case "created_at" -> published = instant(requirement.substring(colon + 1));
                default -> {}
            }
        }
        return new Link(
                Gem.path(gem + "-" + version),
                null,
                checksum,
                new Coordinates("gem", gem, version.split("-", 2)[0]),
                -1,
                published);
    }

    private static @Nullable Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }
}

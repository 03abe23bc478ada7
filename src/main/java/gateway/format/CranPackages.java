package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads a {@code PACKAGES} list, packed or not.
 *
 * @param folder that holds the list, and below which its files are
 * @param ending of the files that it does not name
 */
record CranPackages(String folder, String ending) implements LinkReader {

    private static final List<String> FIELDS = List.of("Package", "Version", "File", "Path", "MD5sum", "SHA256");

    @Override
    public void read(InputStream document, Source source, Consumer<Link> links) throws IOException {
        Reading reading = new Reading(links);
        new DebianLines(DebianUnpacked.of(document)).forEach(reading);
        reading.end();
        if (reading.lines > 0 && reading.packages == 0) {
            throw new IOException("not a list of packages: " + source.url());
        }
    }

    /** What one pass has seen of the present package. */
    private final class Reading implements DebianLines.Sink {

        private final Consumer<Link> links;
        private final Map<String, String> fields = new HashMap<>();
        private int lines;
        private int packages;

        Reading(Consumer<Link> links) {
            this.links = links;
        }

        @Override
        public boolean line(byte[] bytes, int from, int to) {
            int colon = from;
            while (colon < to && bytes[colon] != ':') {
                colon++;
            }
            if (colon < to) {
                lines++;
                String name = new String(bytes, from, colon - from, StandardCharsets.UTF_8);
                if (FIELDS.contains(name)) {
                    fields.put(name, new String(bytes, colon + 1, to - colon - 1, StandardCharsets.UTF_8).strip());
                }
            } else if (new String(bytes, from, to - from, StandardCharsets.UTF_8).isBlank()) {
                end();
            } else {
                lines++;
            }
            return true;
        }

        void end() {
            Optional<Link> link = link(fields);
            if (link.isPresent()) {
                packages++;
                links.accept(link.get());
            }
            fields.clear();
        }
    }

    private Optional<Link> link(Map<String, String> fields) {
        String name = fields.getOrDefault("Package", "");
        String version = fields.getOrDefault("Version", "");
        if (name.isEmpty() || version.isEmpty()) {
            return Optional.empty();
        }
        String file = fields.getOrDefault("File", name + "_" + version + ending);
        String path = fields.getOrDefault("Path", "");
        String relative = path.isEmpty() || path.equals(CranPath.archive(name)) ? file : path + "/" + file;
        if (!DebianPackages.isPlain(relative)) {
            return Optional.empty();
        }
        return Optional.of(new Link(
                folder + "/" + relative,
                null,
                Checksum.Known.ofHex(Algorithm.SHA256, fields.getOrDefault("SHA256", ""))
                        .or(() -> Checksum.Known.ofHex(Algorithm.MD5, fields.getOrDefault("MD5sum", "")))
                        .orElse(null),
                new Coordinates("cran", name, version),
                -1,
                null));
    }
}

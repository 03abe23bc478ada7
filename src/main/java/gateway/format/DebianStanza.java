package gateway.format;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Collects the few fields of a stanza that matter, and makes links of them where it ends. */
final class DebianStanza implements DebianLines.Sink {

    /** No source package has nearly as many files. */
    private static final int MOST_FILES = 10_000;

    private static final Pattern SPACES = Pattern.compile("\\s+");

    /** The store knows SHA-256 of everything, which makes it the cheapest to compare. */
    private static final List<Algorithm> PREFERRED =
            List.of(Algorithm.SHA256, Algorithm.SHA512, Algorithm.SHA1, Algorithm.MD5);

    private final DebianPackages list;
    private final Consumer<Link> links;
    private final Map<Algorithm, String> digests = new EnumMap<>(Algorithm.class);
    private final Map<Algorithm, List<String>> files = new EnumMap<>(Algorithm.class);

    /** Whether a first field was seen, without which this is no list. */
    private boolean begun;

    /** Where continuation lines go; null when they are of no interest. */
    private @Nullable List<String> continued;

    private @Nullable String name;
    private @Nullable String version;
    private @Nullable String file;
    private @Nullable String folder;
    private String size = "";

    DebianStanza(DebianPackages list, Consumer<Link> links) {
        this.list = list;
        this.links = links;
    }

    @Override
    public boolean line(byte[] bytes, int from, int end) throws IOException {
        int to = end > from && bytes[end - 1] == '\r' ? end - 1 : end;
        if (to == from) {
            end();
            return true;
        }
        if (bytes[from] == ' ' || bytes[from] == '\t') {
            if (continued != null) {
                add(text(bytes, from, to), continued);
            }
            return begun;
        }
        continued = null;
        int colon = from;
        while (colon < to && bytes[colon] > ' ' && bytes[colon] != ':') {
            colon++;
        }
        // Contents, YAML, icons: a document whose first line is no field is no list.
        if (colon == to || bytes[colon] != ':') {
            return begun;
        }
        begun = true;
        DebianField field = DebianField.at(bytes, from, colon);
        if (field != null) {
            field(field, text(bytes, colon + 1, to));
        }
        return true;
    }

    private void field(DebianField field, String text) {
        switch (field) {
            case PACKAGE -> name = text;
            case VERSION -> version = text;
            case FILENAME -> file = text;
            case DIRECTORY -> folder = text;
            case SIZE -> size = text;
            case MD5 -> digests.put(Algorithm.MD5, text);
            case SHA1 -> digests.put(Algorithm.SHA1, text);
            case SHA256 -> digests.put(Algorithm.SHA256, text);
            case SHA512 -> digests.put(Algorithm.SHA512, text);
            case FILES -> continued = files(Algorithm.MD5);
            case FILES_SHA1 -> continued = files(Algorithm.SHA1);
            case FILES_SHA256 -> continued = files(Algorithm.SHA256);
            case FILES_SHA512 -> continued = files(Algorithm.SHA512);
        }
    }

    private List<String> files(Algorithm algorithm) {
        return files.computeIfAbsent(algorithm, any -> new ArrayList<>());
    }

    private static void add(String line, List<String> lines) throws IOException {
        if (lines.size() == MOST_FILES) {
            throw new IOException("a source package of more than " + MOST_FILES + " files");
        }
        lines.add(line);
    }

    /** Ends the stanza; one without a name, a version or a file lists nothing. */
    void end() {
        if (name != null && version != null) {
            Coordinates coordinates = new Coordinates("debian", name, version);
            if (file != null) {
                binary(file, coordinates);
            } else if (folder != null) {
                source(folder, coordinates);
            }
        }
        digests.clear();
        files.clear();
        continued = null;
        name = null;
        version = null;
        file = null;
        folder = null;
        size = "";
    }

    private void binary(String path, Coordinates coordinates) {
        Checksum.Known checksum = PREFERRED.stream()
                .filter(digests::containsKey)
                .flatMap(algorithm -> known(algorithm, digests.getOrDefault(algorithm, "")).stream())
                .findFirst()
                .orElse(null);
        link(path, checksum, DebianPackages.size(size), coordinates);
    }

    private void source(String directory, Coordinates coordinates) {
        Optional<Algorithm> best = PREFERRED.stream().filter(files::containsKey).findFirst();
        if (best.isEmpty()) {
            return;
        }
        for (String line : files(best.get())) {
            String[] words = SPACES.split(line, 3);
            if (words.length == 3) {
                link(
                        directory.isEmpty() ? words[2] : directory + "/" + words[2],
                        known(best.get(), words[0]).orElse(null),
                        DebianPackages.size(words[1]),
                        coordinates);
            }
        }
    }

    private void link(String file, Checksum.@Nullable Known checksum, long bytes, Coordinates coordinates) {
        String path = list.path(file);
        if (!path.isEmpty()) {
            links.accept(new Link(path, null, checksum, coordinates, bytes, null));
        }
    }

    private static Optional<Checksum.Known> known(Algorithm algorithm, String hex) {
        return Checksum.Known.ofHex(algorithm, hex);
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8).strip();
    }
}

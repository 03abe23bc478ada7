package gateway.format;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code InRelease} and {@code Release}: when the suite was made and which files belong to it. */
final class DebianRelease {

    /** A hundred times the size of a real one. */
    private static final int LARGEST = 32 << 20;

    private static final Pattern FIELD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]*:.*");
    private static final Pattern SPACES = Pattern.compile("[ \\t]+");

    private final Map<String, String> fields = new LinkedHashMap<>();
    private final Map<Algorithm, Map<String, Entry>> sections = new EnumMap<>(Algorithm.class);

    /** The section that the lines being read belong to; null between sections. */
    private @Nullable Map<String, Entry> section;

    private Algorithm algorithm = Algorithm.MD5;

    /** One line of a section. */
    private record Entry(Checksum.Known digest, long size) {}

    private DebianRelease() {}

    /** An {@code InRelease}, which carries its signature around it. */
    static Generation signed(InputStream root) throws IOException {
        return read(DebianClearsign.text(reader(root)));
    }

    /** A {@code Release}, whose signature is a file of its own. */
    static Generation unsigned(InputStream root) throws IOException {
        return read(reader(root));
    }

    private static BufferedReader reader(InputStream root) throws IOException {
        byte[] bytes = root.readNBytes(LARGEST + 1);
        if (bytes.length > LARGEST) {
            throw new IOException("a Release of more than " + LARGEST + " bytes");
        }
        return new BufferedReader(new StringReader(new String(bytes, StandardCharsets.UTF_8)));
    }

    private static Generation read(BufferedReader text) throws IOException {
        DebianRelease release = new DebianRelease();
        for (String line = text.readLine(); line != null; line = text.readLine()) {
            release.line(line.stripTrailing());
        }
        if (release.sections.isEmpty() && !release.fields.containsKey("date")) {
            throw new IOException("not a Release: neither a date nor a list of files");
        }
        return new Generation(
                date(release.fields.get("date")), date(release.fields.get("valid-until")), release.members());
    }

    private void line(String line) throws IOException {
        if (line.isEmpty()) {
            return;
        }
        if (line.charAt(0) == ' ' || line.charAt(0) == '\t') {
            if (section != null) {
                entry(line.strip(), section);
            }
            return;
        }
        if (!FIELD.matcher(line).matches()) {
            throw new IOException("not a Release: " + line.substring(0, Math.min(60, line.length())));
        }
        int colon = line.indexOf(':');
        String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
        Optional<Algorithm> digests = Algorithm.of(name);
        section = null;
        if (digests.isPresent()) {
            algorithm = digests.get();
            section = sections.computeIfAbsent(algorithm, any -> new LinkedHashMap<>());
        } else {
            fields.put(name, line.substring(colon + 1).strip());
        }
    }

    private void entry(String line, Map<String, Entry> entries) throws IOException {
        String[] words = SPACES.split(line, 3);
        if (words.length < 3) {
            throw new IOException("Release with a cut line: " + line);
        }
        String name = words[2].startsWith("./") ? words[2].substring(2) : words[2];
        Checksum.Known digest = Checksum.Known.ofHex(algorithm, words[0])
                .orElseThrow(
                        () -> new IOException("Release with a line that has no " + algorithm.label() + ": " + line));
        long size = DebianPackages.size(words[1]);
        if (size < 0) {
            throw new IOException("Release with a line that has no size: " + line);
        }
        if (DebianPackages.isPlain(name)) {
            entries.put(name, new Entry(digest, size));
        }
    }

    /** Where sections contradict each other about a size, the strongest is right and the others are left out. */
    private Map<String, Generation.Member> members() {
        Map<String, List<Entry>> entries = new LinkedHashMap<>();
        sections.values()
                .forEach(one -> one.forEach((name, entry) ->
                        entries.computeIfAbsent(name, any -> new ArrayList<>(4)).add(entry)));
        boolean byHash = fields.getOrDefault("acquire-by-hash", "no").equalsIgnoreCase("yes");
        Map<String, Generation.Member> members = LinkedHashMap.newLinkedHashMap(entries.size());
        entries.forEach((name, all) -> {
            long size = all.getLast().size();
            List<Checksum.Known> digests = all.stream()
                    .filter(entry -> entry.size() == size)
                    .map(Entry::digest)
                    .toList();
            members.put(name, new Generation.Member(size, digests, byHash ? byHash(name, digests) : name));
        });
        return members;
    }

    /** Archives may list SHA-512 and still keep folders for SHA-256 only, which all of them have. */
    private static String byHash(String name, List<Checksum.Known> digests) {
        Checksum.Known best = digests.stream()
                .filter(digest -> digest.algorithm() == Algorithm.SHA256)
                .findFirst()
                .orElse(digests.getLast());
        String folder =
                best.algorithm() == Algorithm.MD5 ? "MD5Sum" : best.algorithm().name();
        return name.substring(0, name.lastIndexOf('/') + 1) + "by-hash/" + folder + "/" + best.hex();
    }

    private static @Nullable Instant date(@Nullable String text) {
        if (text == null) {
            return null;
        }
        // The day of the week adds nothing and is sometimes wrong; UTC has several names.
        String date =
                SPACES.matcher(text.substring(text.indexOf(',') + 1).strip()).replaceAll(" ");
        try {
            return DateTimeFormatter.RFC_1123_DATE_TIME.parse(date.replaceFirst("(UTC|Z)$", "GMT"), Instant::from);
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}

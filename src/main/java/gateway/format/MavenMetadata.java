package gateway.format;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.maven.artifact.versioning.ComparableVersion;
import org.jspecify.annotations.Nullable;

/**
 * What one {@code maven-metadata.xml} says, and what several say together.
 *
 * @param head the leaves directly below the root: which group, artifact and snapshot it is about
 * @param latest newest version as the document claims it; null when it has no versions
 * @param release newest version that is no snapshot, as the document claims it; null when there is none
 * @param snapshot leaves of {@code versioning/snapshot}, empty when there is none
 * @param lastUpdated digits of a time, empty when the document does not say
 * @param snapshotVersions leaves of each entry
 * @param plugins leaves of each entry
 */
record MavenMetadata(
        Map<String, String> head,
        @Nullable String latest,
        @Nullable String release,
        Map<String, String> snapshot,
        Set<String> versions,
        String lastUpdated,
        List<Map<String, String>> snapshotVersions,
        List<Map<String, String>> plugins) {

    private static final Comparator<String> BY_VERSION = Comparator.comparing(ComparableVersion::new);

    private static final Comparator<Map<String, String>> BY_BUILD = Comparator.comparing(
                    (Map<String, String> snapshot) -> digits(snapshot.get("timestamp")))
            .thenComparing(snapshot -> digits(snapshot.get("buildNumber")), MavenMetadata::compareNumbers);

    /** One document that says what all of them say, the first being preferred where they merely differ. */
    static byte[] merge(List<byte[]> documents) throws IOException {
        List<MavenMetadata> all = new ArrayList<>();
        for (byte[] document : documents) {
            all.add(MavenMetadataReader.read(new ByteArrayInputStream(document)));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        MavenMetadataWriter.write(merged(all), out);
        return out.toByteArray();
    }

    private static MavenMetadata merged(List<MavenMetadata> all) {
        Map<String, String> head = new LinkedHashMap<>();
        Set<String> union = new LinkedHashSet<>();
        Map<String, Map<String, String>> plugins = new LinkedHashMap<>();
        for (MavenMetadata one : all) {
            one.head.forEach(head::putIfAbsent);
            union.addAll(one.versions);
            one.plugins.forEach(plugin -> plugins.putIfAbsent(text(plugin, "prefix"), plugin));
        }
        // Sorting is stable and compares no strings: 1.0 and 1.0.0 are equal versions, and both stay.
        List<String> versions = new ArrayList<>(union);
        versions.sort(BY_VERSION);
        return new MavenMetadata(
                head,
                newest(all, MavenMetadata::newestClaimed),
                newest(all, MavenMetadata::newestReleaseClaimed),
                all.stream()
                        .map(MavenMetadata::snapshot)
                        .filter(Predicate.not(Map::isEmpty))
                        .max(BY_BUILD)
                        .orElse(Map.of()),
                new LinkedHashSet<>(versions),
                all.stream()
                        .map(MavenMetadata::lastUpdated)
                        .max(Comparator.naturalOrder())
                        .orElse(""),
                newestFiles(all),
                List.copyOf(plugins.values()));
    }

    /** For each classifier and extension the entry that was updated last; on a tie that of the earlier upstream. */
    private static List<Map<String, String>> newestFiles(List<MavenMetadata> all) {
        Map<List<String>, Map<String, String>> files = new LinkedHashMap<>();
        for (MavenMetadata one : all) {
            for (Map<String, String> file : one.snapshotVersions) {
                files.merge(
                        List.of(text(file, "classifier"), text(file, "extension")),
                        file,
                        (a, b) -> digits(b.get("updated")).compareTo(digits(a.get("updated"))) > 0 ? b : a);
            }
        }
        return List.copyOf(files.values());
    }

    private static @Nullable String newest(List<MavenMetadata> all, Function<MavenMetadata, @Nullable String> claim) {
        return all.stream().map(claim).filter(Objects::nonNull).max(BY_VERSION).orElse(null);
    }

    /**
     * What the upstream itself calls the latest goes before the highest number: old artifacts have versions such as
     * 20040616, which no comparison puts below 2.11.
     */
    private @Nullable String newestClaimed() {
        return latest != null && versions.contains(latest)
                ? latest
                : versions.stream().max(BY_VERSION).orElse(null);
    }

    private @Nullable String newestReleaseClaimed() {
        if (release != null && versions.contains(release)) {
            return release;
        }
        return versions.stream()
                .filter(version -> !version.endsWith("SNAPSHOT"))
                .max(BY_VERSION)
                .orElse(null);
    }

    /** Group-level documents list plugins only. */
    boolean saysVersions() {
        return !versions.isEmpty() || !snapshot.isEmpty() || !snapshotVersions.isEmpty() || !lastUpdated.isEmpty();
    }

    private static String text(Map<String, String> leaves, String name) {
        return leaves.getOrDefault(name, "");
    }

    static String digits(@Nullable String text) {
        return text == null ? "" : text.replaceAll("[^0-9]", "");
    }

    private static int compareNumbers(String a, String b) {
        return a.length() != b.length() ? Integer.compare(a.length(), b.length()) : a.compareTo(b);
    }
}

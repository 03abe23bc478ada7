package gateway.registry;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The order of versions that semantic versioning has. Numbers are of any length: people write dates with times of day as versions,
 * at which libraries fail that keep them in an {@code int} or a {@code long}.
 *
 * @param text as people write it
 * @param numbers major, minor and patch
 * @param pre identifiers of a pre-release; none for a release
 */
record NpmVersion(String text, List<String> numbers, List<String> pre) {

    private static final Pattern PARTS = Pattern.compile("0*(\\d+)\\.0*(\\d+)\\.0*(\\d+)-?([^+]*).*");
    private static final Comparator<String> NUMBERS =
            Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());
    private static final Comparator<String> IDENTIFIERS = Comparator.comparing(NpmVersion::isWord)
            .thenComparing((one, other) -> isWord(one) ? one.compareTo(other) : NUMBERS.compare(one, other));

    /** Releases after all that is none: what people mean when they name no version is the last. */
    static final Comparator<NpmVersion> BY_WORTH = Comparator.comparing(
                    (NpmVersion version) -> version.pre().isEmpty())
            .thenComparing(NpmVersion::numbers, inOrder(NUMBERS))
            .thenComparing(NpmVersion::pre, inOrder(IDENTIFIERS))
            .thenComparing(NpmVersion::text);

    /** What is no version comes before all that are. */
    static NpmVersion of(String text) {
        Matcher parts = PARTS.matcher(text);
        if (!parts.matches()) {
            return new NpmVersion(text, List.of(), List.of(""));
        }
        String pre = parts.group(4);
        return new NpmVersion(
                text,
                List.of(parts.group(1), parts.group(2), parts.group(3)),
                pre.isEmpty() ? List.of() : Arrays.asList(pre.split("\\.", -1)));
    }

    private static Comparator<List<String>> inOrder(Comparator<String> each) {
        return (ours, theirs) -> {
            for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
                int order = each.compare(ours.get(i), theirs.get(i));
                if (order != 0) {
                    return order;
                }
            }
            return Integer.compare(ours.size(), theirs.size());
        };
    }

    private static boolean isWord(String identifier) {
        return !identifier.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}

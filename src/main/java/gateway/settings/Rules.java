package gateway.settings;

import java.util.List;

/**
 * Which packages may be asked for, by patterns of their names: {@code *} stands for any characters, {@code ?} for one, and
 * what a pattern names covers what is below it by a slash or a colon.
 *
 * @param allow when there are any, nothing else may be asked for
 * @param deny never asked for, whatever else is allowed
 */
public record Rules(List<String> allow, List<String> deny) {

    /** Everything may be asked for. */
    public static final Rules NONE = new Rules(List.of(), List.of());

    public Rules {
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
    }

    /** What is wrong with a text that {@link #isPattern} is none. */
    public static final String NO_PATTERN = "is not a pattern of names; write for example @acme/* or com.acme:*";

    private static final int LONGEST = 250;

    /** The keys by which {@link #read} knows them. */
    static final List<String> KEYS = List.of("allow", "deny");

    static Rules read(Node.Mapping fields) {
        return new Rules(patterns(fields, "allow"), patterns(fields, "deny"));
    }

    private static List<String> patterns(Node.Mapping fields, String key) {
        List<String> patterns = fields.sequence(key).stream()
                .map(item -> item.asScalar().as(Rules::pattern))
                .toList();
        // An empty list reads as "allow nothing" and would allow everything.
        if (patterns.isEmpty() && fields.fields().containsKey(key)) {
            throw new SettingsException(fields.label() + "." + key + ": is empty");
        }
        return patterns;
    }

    private static String pattern(String text) {
        if (!isPattern(text)) {
            throw new Rejected(NO_PATTERN);
        }
        return text;
    }

    /** Whether it can be an element of one of the lists. */
    public static boolean isPattern(String text) {
        return !text.isEmpty()
                && text.length() <= LONGEST
                && text.chars().noneMatch(c -> c <= ' ' || c == '%' || c == ';');
    }
}

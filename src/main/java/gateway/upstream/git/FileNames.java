package gateway.upstream.git;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Which names files of a module may have, so that every system can unpack them beside each other. */
final class FileNames {

    private static final String PUNCTUATION = "!#$%&()+,-.=@[]^_{}~ ";
    private static final Set<String> DEVICES = Set.of("con", "prn", "aux", "nul");
    private static final Pattern PORT = Pattern.compile("(?:com|lpt)[1-9]");

    private record Seen(String path, boolean folder) {}

    private final Map<String, Seen> seen = new HashMap<>();

    /** Reads a name; an exception when it is not UTF-8. */
    static String of(byte[] raw) throws AbsentException {
        String path = new String(raw, StandardCharsets.UTF_8);
        if (!Arrays.equals(path.getBytes(StandardCharsets.UTF_8), raw)) {
            throw new AbsentException("the name of a file is not in UTF-8: " + path);
        }
        return path;
    }

    /** Complains about a file that cannot stand beside those before it. */
    void add(String path) throws AbsentException {
        for (String element : path.split("/", -1)) {
            if (!isFit(element)) {
                throw new AbsentException("the go command refuses a file of this name: " + path);
            }
        }
        add(path, false);
        for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
            add(path.substring(0, slash), true);
        }
    }

    private void add(String path, boolean folder) throws AbsentException {
        Seen before = seen.putIfAbsent(folded(path), new Seen(path, folder));
        if (before != null && (!before.path().equals(path) || !folder || !before.folder())) {
            throw new AbsentException(
                    "two files differ in the case of their names only: " + before.path() + " and " + path);
        }
    }

    private static boolean isFit(String element) {
        if (element.isEmpty() || element.endsWith(".")) {
            return false;
        }
        String stem = element.split("\\.", 2)[0].toLowerCase(Locale.ROOT);
        return !DEVICES.contains(stem)
                && !PORT.matcher(stem).matches()
                && element.codePoints().allMatch(FileNames::isFit);
    }

    private static boolean isFit(int c) {
        return c < 0x80
                ? (c >= '0' && c <= '9')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= 'a' && c <= 'z')
                        || PUNCTUATION.indexOf(c) >= 0
                : Character.isLetter(c);
    }

    private static String folded(String path) {
        StringBuilder folded = new StringBuilder(path.length());
        path.codePoints()
                .map(c -> Character.toLowerCase(Character.toUpperCase(c)))
                .forEach(folded::appendCodePoint);
        return folded.toString();
    }
}

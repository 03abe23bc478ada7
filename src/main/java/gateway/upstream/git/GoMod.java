package gateway.upstream.git;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is read in a go.mod file. */
final class GoMod {

    private static final Pattern MODULE =
            Pattern.compile("(?m)^[ \\t]*+module[ \\t]++(?:\"([^\"\\n]*)\"|`([^`\\n]*)`|([^\\s\"`/][^\\s\"`]*+))");
    private static final Pattern GO = Pattern.compile("(?m)^[ \\t]*+go[ \\t]++([0-9]{1,4})(?:\\.([0-9]{1,4}))?");
    private static final Pattern COMMENT = Pattern.compile("//.*+");

    private GoMod() {}

    /** The path that it declares; empty when it declares none. */
    static String module(byte[] file) {
        Matcher line = MODULE.matcher(text(file));
        if (!line.find()) {
            return "";
        }
        return line.group(1) != null ? line.group(1) : line.group(2) != null ? line.group(2) : line.group(3);
    }

    /** Whether it asks for this version of the language or a later one. */
    static boolean asksFor(byte[] file, int major, int minor) {
        Matcher line = GO.matcher(text(file));
        if (!line.find()) {
            return false;
        }
        int asked = Integer.parseInt(line.group(1));
        int below = line.group(2) == null ? 0 : Integer.parseInt(line.group(2));
        return asked > major || (asked == major && below >= minor);
    }

    /** For a commit without such a file. */
    static byte[] made(String module) {
        return ("module " + module + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] file) {
        return COMMENT.matcher(new String(file, StandardCharsets.UTF_8)).replaceAll("");
    }
}

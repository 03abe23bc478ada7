package gateway.settings;

import java.util.regex.Pattern;

/**
 * What the Go modules of a git repository are called.
 *
 * @param path of the module at the repository's root, without a major version suffix; others are in folders below
 * @param rootTags whether a module in a folder without tags of its own has the versions of the root's tags
 */
public record GitModule(String path, boolean rootTags) {

    // As the go command has it: the first element looks like a host name in lower case.
    private static final Pattern PATH =
            Pattern.compile("[a-z0-9][a-z0-9-]*+(?:\\.[a-z0-9-]++)++(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*+)*+(?<!\\.)");
    private static final Pattern MAJOR = Pattern.compile(".*/v[0-9]+");

    static String path(String text) {
        if (MAJOR.matcher(text).matches()) {
            throw new Rejected("ends in a major version; leave it out, /v2 and later ones are served as well");
        }
        if (!PATH.matcher(text).matches()) {
            throw new Rejected("is not a module path; write for example packages.example.com/group/project");
        }
        return text;
    }
}

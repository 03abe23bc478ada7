package gateway.format;

import org.jspecify.annotations.Nullable;

/** The fields of a list of packages that are read; their names are recognised in any case, as deb822 says. */
enum DebianField {
    PACKAGE("package"),
    VERSION("version"),
    FILENAME("filename"),
    DIRECTORY("directory"),
    SIZE("size"),
    MD5("md5sum"),
    SHA1("sha1"),
    SHA256("sha256"),
    SHA512("sha512"),
    FILES("files"),
    FILES_SHA1("checksums-sha1"),
    FILES_SHA256("checksums-sha256"),
    FILES_SHA512("checksums-sha512");

    private static final DebianField[] ALL = values();

    private final String lower;

    DebianField(String name) {
        this.lower = name;
    }

    /** The field whose name stands between the two positions of a line; null when it does not matter. */
    static @Nullable DebianField at(byte[] line, int from, int to) {
        for (DebianField field : ALL) {
            if (field.lower.length() == to - from && field.matches(line, from)) {
                return field;
            }
        }
        return null;
    }

    private boolean matches(byte[] line, int from) {
        for (int i = 0; i < lower.length(); i++) {
            int c = line[from + i];
            if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != lower.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}

package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/**
 * Reads the packages that a {@code Packages} or {@code Sources} list names, however it is packed.
 *
 * <p>A file asked for by its digest does not say what it is: anything that does not look like a list names nothing.
 *
 * @param base where the names in the list begin
 */
record DebianPackages(DebianPath.Base base) implements LinkReader {

    @Override
    public void read(InputStream document, Source source, Consumer<Link> links) throws IOException {
        DebianStanza stanza = new DebianStanza(this, links);
        new DebianLines(DebianUnpacked.of(document)).forEach(stanza);
        stanza.end();
    }

    /** The path of a file under this mount; empty when the name would lead elsewhere. */
    String path(String name) {
        String plain = name;
        while (plain.startsWith("./")) {
            plain = plain.substring(2);
        }
        return isPlain(plain) ? folder(plain) + "/" + plain : "";
    }

    /** A flat archive may begin above its list, and then the names repeat the folder's last segments. */
    private String folder(String name) {
        String folder = base.path();
        if (base.flat()) {
            for (int slash = folder.indexOf('/'); slash >= 0; slash = folder.indexOf('/', slash + 1)) {
                if (name.startsWith(folder.substring(slash + 1) + "/")) {
                    return folder.substring(0, slash);
                }
            }
        }
        return folder;
    }

    /** Whether a name is relative, stays below its folder and has no empty or dot segment. */
    static boolean isPlain(String name) {
        int begin = 0;
        for (int i = 0; i <= name.length(); i++) {
            char c = i == name.length() ? '/' : name.charAt(i);
            if (c < ' ' || c == 0x7f || c == '\\') {
                return false;
            }
            if (c == '/') {
                // An empty segment, one dot, or two.
                if (i - begin <= 2 && "..".startsWith(name.substring(begin, i))) {
                    return false;
                }
                begin = i + 1;
            }
        }
        return true;
    }

    /** A length in bytes, -1 when the text is none. */
    static long size(String text) {
        try {
            return Math.max(-1, Long.parseLong(text));
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}

package gateway.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How a client of one format is pointed here: snippets to copy, with the addresses of this gateway in them.
 *
 * @param client what people call it, such as {@code pip}
 */
record Setup(String client, List<Snippet> snippets) {

    /** Where some lines go, and the lines. */
    record Snippet(String caption, String code) {}

    private static final String CLIENT = "== ";
    private static final String CAPTION = "-- ";
    /** Read once, at start: no event loop has to wait for them. */
    private static final Map<String, String> TEXTS = new ConcurrentHashMap<>();

    Setup {
        snippets = List.copyOf(snippets);
    }

    /**
     * Reads {@code setup/<format>.txt}, where {@code ==} begins a client and {@code --} a line of its caption; a format
     * without such a file has no setups.
     *
     * @param root public URL of the gateway, without a trailing slash
     * @param mount public URL of the repository, without a trailing slash
     */
    static List<Setup> of(String format, URI root, URI mount) {
        List<Setup> setups = new ArrayList<>();
        List<Snippet> snippets = new ArrayList<>();
        String client = "";
        List<String> caption = new ArrayList<>();
        StringBuilder code = new StringBuilder();
        for (String line : (fill(resource("setup/" + format + ".txt"), root, mount) + "\n" + CLIENT).split("\n", -1)) {
            boolean begins = line.startsWith(CLIENT);
            boolean captioned = line.startsWith(CAPTION);
            if ((begins || captioned) && !code.isEmpty()) {
                snippets.add(
                        new Snippet(String.join("\n", caption), code.toString().strip()));
                caption.clear();
                code.setLength(0);
            }
            if (begins && !snippets.isEmpty()) {
                setups.add(new Setup(client, snippets));
                snippets.clear();
            }
            if (begins) {
                client = line.substring(CLIENT.length());
            } else if (captioned) {
                caption.add(line.substring(CAPTION.length()));
            } else if (!caption.isEmpty()) {
                code.append(line).append('\n');
            }
        }
        return List.copyOf(setups);
    }

    /** A line that begins with {@code {http}} or {@code {remote}} is only for such an address. */
    private static String fill(String template, URI root, URI mount) {
        boolean http = "http".equals(mount.getScheme());
        String host = String.valueOf(mount.getHost());
        boolean remote = http && !host.equals("localhost") && !host.equals("[::1]") && !host.startsWith("127.");
        return template.replaceAll("(?m)^\\{http}" + (http ? "" : ".*\n"), "")
                .replaceAll("(?m)^\\{remote}" + (remote ? "" : ".*\n"), "")
                .replace("{insecure}", http ? "; allowInsecureProtocol = true" : "")
                .replace("{root}", root.toString())
                .replace("{url}", mount.toString())
                .replace("{address}", String.valueOf(mount.getAuthority()))
                .replace("{host}", host);
    }

    /** A text file that this build carries; empty when there is none of that name. */
    static String resource(String name) {
        return TEXTS.computeIfAbsent(name, Setup::read);
    }

    private static String read(String name) {
        try (InputStream in = Setup.class.getResourceAsStream("/gateway/" + name)) {
            return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

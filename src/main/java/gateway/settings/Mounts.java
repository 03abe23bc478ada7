package gateway.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Puts the mounts together: the built-in ones with their upstreams or the operator's, then further ones. */
final class Mounts {

    private static final Pattern PATH = Pattern.compile("(?:/[a-z0-9_][a-z0-9._-]*)++");
    private static final Set<String> RESERVED = Set.of("health", "stats", "metrics", "api");
    private static final List<String> KEYS =
            List.of("path", "format", "upstream", "uploads", "allow", "deny", "access");

    private final Map<String, Repository> byPath = new LinkedHashMap<>();
    private final Set<String> formats = new TreeSet<>();

    /** By format, for those whose content clients store themselves. */
    private final Map<String, Uploads> hosted = new TreeMap<>();

    /** Where a mount does not say it. */
    private final boolean usuallyGuarded;

    private Mounts(boolean usuallyGuarded) {
        this.usuallyGuarded = usuallyGuarded;
    }

    static List<Repository> read(Node.Mapping root) {
        Mounts mounts = new Mounts(guarded(root, false));
        mounts.builtIn(root.mapping("upstream"), root.mapping("uploads"), root.mapping("rules"));
        root.sequence("repositories")
                .forEach(node -> mounts.further(node.asMapping().only(KEYS)));
        return List.copyOf(mounts.byPath.values());
    }

    private void builtIn(Node.Mapping upstreams, Node.Mapping uploads, Node.Mapping rules) {
        Node.Mapping product = resource();
        upstreams.only(having(product, "upstream"));
        rules.only(having(product, "upstream"));
        uploads.only(having(product, "uploads"));
        product.fields().forEach((mount, node) -> {
            Node.Mapping fields = node.asMapping();
            String format = fields.required("format").text();
            formats.add(format);
            Node own = fields.fields().get("upstream");
            String path = "/" + mount;
            if (own == null) {
                Uploads usual = UploadsReader.read(fields.mapping("uploads"), Uploads.NONE);
                hosted.put(format, usual);
                byPath.put(
                        path,
                        new Repository(
                                path,
                                format,
                                List.of(),
                                UploadsReader.read(uploads.mapping(mount), usual),
                                Rules.NONE,
                                usuallyGuarded));
            } else {
                Node upstream = upstreams.fields().getOrDefault(mount, own);
                byPath.put(
                        path,
                        new Repository(
                                path,
                                format,
                                UpstreamReader.read(upstream, mount, format),
                                Uploads.NONE,
                                Rules.read(rules.mapping(mount).only(Rules.KEYS)),
                                usuallyGuarded));
            }
        });
    }

    private static List<String> having(Node.Mapping product, String key) {
        return product.fields().entrySet().stream()
                .filter(mount -> mount.getValue().asMapping().fields().containsKey(key))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static Node.Mapping resource() {
        try (InputStream in = Mounts.class.getResourceAsStream("/gateway/upstreams.yaml")) {
            if (in == null) {
                throw new IllegalStateException("upstreams.yaml is not part of this build");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new Document("upstreams.yaml", new Variables(Map.of())).parse(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void further(Node.Mapping fields) {
        String path = fields.required("path").as(this::free);
        String format = fields.required("format").as(this::known);
        Node upstream = fields.fields().get("upstream");
        Uploads usual = hosted.get(format);
        if (usual != null) {
            fields.only(List.of("path", "format", "uploads", "access"));
            byPath.put(
                    path,
                    new Repository(
                            path,
                            format,
                            List.of(),
                            UploadsReader.read(fields.mapping("uploads"), usual),
                            Rules.NONE,
                            guarded(fields, usuallyGuarded)));
            return;
        }
        fields.only(List.of("path", "format", "upstream", "allow", "deny", "access"));
        if (upstream == null) {
            throw new SettingsException(fields.label() + ".upstream: is missing");
        }
        String name = path.substring(1).replace('/', '-');
        byPath.put(
                path,
                new Repository(
                        path,
                        format,
                        UpstreamReader.read(upstream, name, format),
                        Uploads.NONE,
                        Rules.read(fields),
                        guarded(fields, usuallyGuarded)));
    }

    private static boolean guarded(Node.Mapping fields, boolean usually) {
        return fields.scalar("access").map(access -> access.as(Mounts::guarded)).orElse(usually);
    }

    private static boolean guarded(String text) {
        return switch (text) {
            case "open" -> false;
            case "token" -> true;
            default -> throw new Rejected("is open or token");
        };
    }

    private String free(String text) {
        String path = text.replaceAll("(?<=.)/+$", "");
        if (path.equals("/") || RESERVED.contains(path.split("/", 3)[path.startsWith("/") ? 1 : 0])) {
            throw new Rejected("belongs to the gateway itself; choose another path");
        }
        if (!PATH.matcher(path).matches()) {
            throw new Rejected("is not a path; write for example /maven-internal, in lower case");
        }
        for (String other : byPath.keySet()) {
            if (other.equals(path)) {
                throw new Rejected("is already a mount");
            }
            if (other.startsWith(path + "/") || path.startsWith(other + "/")) {
                throw new Rejected("overlaps with the mount " + other);
            }
        }
        return path;
    }

    private String known(String text) {
        if (!formats.contains(text)) {
            String close = Suggestion.of(text, formats)
                    .map(format -> "did you mean " + format + "?")
                    .orElseGet(() -> "known are " + String.join(", ", formats));
            throw new Rejected("is not a format; " + close);
        }
        return text;
    }
}

package gateway.settings;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what stands behind an {@code upstream} key: a URL, an object, or a list of them that is tried in order. */
final class UpstreamReader {

    private static final List<String> KEYS = List.of(
            "name",
            "url",
            "git",
            "hosts",
            "username",
            "password",
            "token",
            "headers",
            "mirror_group",
            "forbidden_means_not_found",
            "allow",
            "deny");
    private static final List<String> GIT_KEYS =
            List.of("name", "git", "module", "root_tags", "username", "password", "allow", "deny");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
    private static final Set<String> OWN_HEADERS =
            Set.of("host", "connection", "content-length", "transfer-encoding", "range", "accept-encoding");

    private UpstreamReader() {}

    /** Upstreams without a name take the mount's, numbered in a list. */
    static List<Upstream> read(Node node, String mount, String format) {
        List<Upstream> upstreams = read(node, mount);
        if (!format.equals("go") && upstreams.stream().anyMatch(upstream -> upstream.git() != null)) {
            throw new SettingsException(
                    node.label() + ".git: only Go modules are made from git; this repository's format is " + format);
        }
        return upstreams;
    }

    private static List<Upstream> read(Node node, String mount) {
        if (!(node instanceof Node.Sequence sequence)) {
            return List.of(one(node, mount));
        }
        if (sequence.items().isEmpty()) {
            throw new SettingsException(sequence.label() + ": is empty");
        }
        List<Upstream> upstreams = new ArrayList<>();
        for (Node item : sequence.items()) {
            Upstream upstream = one(item, mount + "-" + (upstreams.size() + 1));
            if (upstreams.stream().anyMatch(other -> other.name().equals(upstream.name()))) {
                throw new SettingsException(item.label() + ".name: \"" + upstream.name() + "\" is given twice");
            }
            upstreams.add(upstream);
        }
        return upstreams;
    }

    private static Upstream one(Node node, String name) {
        return switch (node) {
            case Node.Scalar url -> {
                Address address = Address.of(url);
                yield new Upstream(name, address.url(), Map.of(), address.credentials(), null, Map.of(), null, false);
            }
            case Node.Mapping fields ->
                fields.fields().containsKey("git")
                        ? git(fields.only(GIT_KEYS), fields.required("git"), name)
                        : one(fields.only(KEYS), name);
            case Node.Sequence list -> throw new SettingsException(list.label() + ": must be a URL or a set of keys");
        };
    }

    private static Upstream one(Node.Mapping fields, String name) {
        Address address = Address.of(fields.required("url"));
        Credentials credentials = credentials(fields, address.credentials());
        Secret token = fields.scalar("token").map(Node.Scalar::asSecret).orElse(null);
        if (token != null && credentials != null) {
            throw new SettingsException(fields.label() + ".token: cannot be combined with a user and password");
        }
        Map<String, Secret> headers = headers(fields.mapping("headers"));
        boolean authorized = headers.keySet().stream().anyMatch("authorization"::equalsIgnoreCase);
        if (authorized && (token != null || credentials != null)) {
            throw new SettingsException(
                    fields.label() + ".headers.Authorization: cannot be combined with a token or a password");
        }
        return new Upstream(
                fields.scalar("name")
                        .map(value -> value.as(UpstreamReader::name))
                        .orElse(name),
                address.url(),
                hosts(fields.mapping("hosts")),
                credentials,
                token,
                headers,
                fields.scalar("mirror_group")
                        .map(value -> value.as(UpstreamReader::name))
                        .orElse(null),
                fields.scalar("forbidden_means_not_found")
                        .map(Node.Scalar::asBoolean)
                        .orElse(false),
                Rules.read(fields));
    }

    /** A git repository with what stands beside its address: name, module, root_tags, username and password. */
    static Upstream git(Node.Mapping fields, Node.Scalar where, String name) {
        Address address = GitAddress.of(where);
        Credentials credentials = credentials(fields, address.credentials());
        if (credentials != null && address.url().getScheme().equals("file")) {
            throw new SettingsException(fields.label() + ".username: a folder of this machine takes no user");
        }
        GitModule module = new GitModule(
                fields.required("module").as(GitModule::path),
                fields.scalar("root_tags").map(Node.Scalar::asBoolean).orElse(true));
        return Upstream.git(
                fields.scalar("name")
                        .map(value -> value.as(UpstreamReader::name))
                        .orElse(name),
                address.url(),
                module,
                credentials,
                Rules.read(fields));
    }

    static @Nullable Credentials credentials(Node.Mapping fields, @Nullable Credentials inUrl) {
        Node.Scalar user = fields.scalar("username").orElse(null);
        Node.Scalar password = fields.scalar("password").orElse(null);
        if (user == null && password == null) {
            return inUrl;
        }
        if (inUrl != null) {
            throw new SettingsException(
                    fields.label() + ".url: holds a user, and so do username and password; keep one");
        }
        if (user == null || password == null) {
            String missing = user == null ? "username" : "password";
            throw new SettingsException(fields.label() + "." + missing + ": is missing; give both or neither");
        }
        if (user.text().contains(":")) {
            throw new SettingsException(user.label() + ": must not contain a colon");
        }
        return new Credentials(user.asSecret().value(), password.asSecret());
    }

    private static Map<String, URI> hosts(Node.Mapping fields) {
        Map<String, URI> hosts = new LinkedHashMap<>();
        fields.fields().forEach((name, value) -> hosts.put(name, Address.plain(value.asScalar())));
        return hosts;
    }

    private static Map<String, Secret> headers(Node.Mapping fields) {
        Map<String, Secret> headers = new LinkedHashMap<>();
        fields.fields().forEach((name, value) -> {
            if (!HEADER.matcher(name).matches()) {
                throw new SettingsException(value.label() + ": is not a header name");
            }
            if (OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                throw new SettingsException(value.label() + ": is set by the gateway itself");
            }
            if (headers.keySet().stream().anyMatch(name::equalsIgnoreCase)) {
                throw new SettingsException(value.label() + ": is given twice");
            }
            headers.put(name, value.asScalar().asSecret());
        });
        return headers;
    }

    private static String name(String text) {
        if (!NAME.matcher(text).matches()) {
            throw new Rejected("is not a name; use letters, digits, '.', '_' and '-'");
        }
        return text;
    }
}

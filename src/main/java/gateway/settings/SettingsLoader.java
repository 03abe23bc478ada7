package gateway.settings;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Merges what is built in, a file, the environment and flags, each winning over the one before. */
public final class SettingsLoader {

    private static final List<String> KEYS = List.of(
            "listen",
            "tls",
            "base_url",
            "storage",
            "database",
            "log",
            "upstream",
            "uploads",
            "access",
            "rules",
            "network",
            "limits",
            "repositories",
            "shutdown",
            "admin",
            "secrets",
            "features",
            "packages",
            "projects",
            "groups");

    private final Map<String, String> environment;
    private final Map<String, String> flags;
    private final Node.Mapping root;

    private SettingsLoader(Map<String, String> environment, Map<String, String> flags, Node.Mapping root) {
        this.environment = environment;
        this.flags = flags;
        this.root = root.only(KEYS);
    }

    /**
     * Loads and checks.
     *
     * @param file YAML or JSON
     * @param flags values by flag name without dashes: listen, base-url, storage, database, log-level, log-format
     * @throws SettingsException when something cannot be used
     */
    public static Settings load(Map<String, String> environment, Optional<Path> file, Map<String, String> flags) {
        Node.Mapping root =
                file.map(path -> Document.read(path, environment)).orElseGet(() -> new Node.Mapping("", Map.of()));
        return new SettingsLoader(environment, flags, root).settings();
    }

    private Settings settings() {
        Settings settings = read();
        for (Repository repository : settings.repositories()) {
            if (repository.guarded() && !settings.organisation().isOn()) {
                throw new SettingsException("access: no token opens " + repository.path()
                        + ", since there are none; set admin.token, or name projects");
            }
        }
        return settings;
    }

    private Settings read() {
        return new Settings(
                pick(root, "listen", "PROXY_LISTEN", "listen")
                        .map(v -> v.as(Listen::parse))
                        .orElse(new Listen("", 8080)),
                tls(root),
                pick(root, "base_url", "PROXY_BASE_URL", "base-url")
                        .map(Address::plain)
                        .orElse(null),
                storage(root.mapping("storage")
                        .only(List.of("path", "max_size", "max_artifact_size", "fsync", "scrub"))),
                database(root.mapping("database").only(List.of("path"))),
                log(root.mapping("log").only(List.of("level", "format", "access"))),
                network(root.mapping("network")),
                LimitsReader.read(root.mapping("limits")),
                Mounts.read(root),
                shutdown(root.mapping("shutdown").only(List.of("grace"))),
                OrganisationReader.read(root, environment));
    }

    private static @Nullable Tls tls(Node.Mapping root) {
        if (!root.fields().containsKey("tls")) {
            return null;
        }
        Node.Mapping fields = root.mapping("tls").only(List.of("certificate", "key"));
        return new Tls(
                fields.required("certificate").as(SettingsLoader::readable),
                fields.required("key").as(SettingsLoader::readable));
    }

    private Storage storage(Node.Mapping fields) {
        return new Storage(
                pick(fields, "path", "PROXY_STORAGE_PATH", "storage")
                        .map(v -> v.as(SettingsLoader::path))
                        .orElse(Path.of("./cache/artifacts")),
                pick(fields, "max_size", "PROXY_STORAGE_MAX_SIZE", "")
                        .map(v -> v.as(ByteSize::parse))
                        .orElse(0L),
                fields.scalar("max_artifact_size")
                        .map(v -> v.as(ByteSize::parse))
                        .orElse(0L),
                fields.scalar("fsync").map(Node.Scalar::asBoolean).orElse(true),
                fields.scalar("scrub").map(v -> v.as(Durations::period)).orElse(Duration.ofDays(30)));
    }

    private Database database(Node.Mapping fields) {
        return new Database(pick(fields, "path", "PROXY_DATABASE_PATH", "database")
                .map(v -> v.as(SettingsLoader::file))
                .orElse(Path.of("./cache/proxy.db")));
    }

    private Log log(Node.Mapping fields) {
        return new Log(
                pick(fields, "level", "PROXY_LOG_LEVEL", "log-level")
                        .map(v -> v.as(Log.Level::parse))
                        .orElse(Log.Level.INFO),
                pick(fields, "format", "PROXY_LOG_FORMAT", "log-format")
                        .map(v -> v.as(Log.Format::parse))
                        .orElse(Log.Format.TEXT),
                pick(fields, "access", "PROXY_LOG_ACCESS", "")
                        .map(v -> v.as(Log.Access::parse))
                        .orElse(Log.Access.OFF));
    }

    private static Network network(Node.Mapping fields) {
        fields.only(List.of(
                "allow_private_upstreams",
                "proxy",
                "ca_file",
                "trusted_proxies",
                "connect_timeout",
                "response_timeout",
                "idle_timeout",
                "flight_timeout"));
        return new Network(
                list(fields, "allow_private_upstreams", AllowedHost::parse),
                fields.scalar("proxy").map(ProxyServer::of).orElse(null),
                fields.scalar("ca_file")
                        .map(v -> v.as(SettingsLoader::readable))
                        .orElse(null),
                list(fields, "trusted_proxies", Cidr::parse),
                timeout(fields, "connect_timeout", Duration.ofSeconds(10)),
                timeout(fields, "response_timeout", Duration.ofSeconds(90)),
                timeout(fields, "idle_timeout", Duration.ofSeconds(60)),
                timeout(fields, "flight_timeout", Duration.ofHours(1)));
    }

    private static Shutdown shutdown(Node.Mapping fields) {
        return new Shutdown(
                fields.scalar("grace").map(v -> v.as(Durations::parse)).orElse(Duration.ofSeconds(25)));
    }

    // An empty variable is what compose files make of one that is not set.
    private Optional<Node.Scalar> pick(Node.Mapping fields, String key, String variable, String flag) {
        if (flags.containsKey(flag)) {
            return Optional.of(new Node.Scalar("-" + flag, flags.get(flag)));
        }
        String value = environment.getOrDefault(variable, "");
        return value.isEmpty() ? fields.scalar(key) : Optional.of(new Node.Scalar(variable, value));
    }

    private static Duration timeout(Node.Mapping fields, String key, Duration otherwise) {
        return fields.scalar(key).map(v -> v.as(Durations::positive)).orElse(otherwise);
    }

    private static <T> List<T> list(Node.Mapping fields, String key, Function<String, T> parse) {
        List<T> values = new ArrayList<>();
        fields.sequence(key).forEach(item -> values.add(item.asScalar().as(parse)));
        return values;
    }

    private static Path path(String text) {
        if (text.isBlank()) {
            throw new Rejected("is not a path");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new Rejected("is not a path");
        }
    }

    private static Path file(String text) {
        Path path = path(text);
        if (path.getFileName() == null || Files.isDirectory(path)) {
            throw new Rejected("is a folder; write for example /var/lib/gateway/proxy.db");
        }
        return path;
    }

    private static Path readable(String text) {
        Path path = path(text);
        if (!Files.isReadable(path) || Files.isDirectory(path)) {
            throw new Rejected("cannot be read");
        }
        return path;
    }
}

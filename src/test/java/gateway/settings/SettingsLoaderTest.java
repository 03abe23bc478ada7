package gateway.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsLoaderTest {

    @TempDir
    private Path folder;

    @Test
    void withoutAnythingGivenEverythingHasADefault() {
        Settings settings = load(Map.of(), Map.of());

        assertThat(settings.listen()).isEqualTo(new Listen("", 8080));
        assertThat(settings.baseUrl()).isEqualTo(URI.create("http://localhost:8080"));
        assertThat(settings.storage())
                .isEqualTo(new Storage(Path.of("./cache/artifacts"), 0, 0, true, Duration.ofDays(30)));
        assertThat(settings.database()).isEqualTo(new Database(Path.of("./cache/proxy.db")));
        assertThat(settings.log()).isEqualTo(new Log(Log.Level.INFO, Log.Format.TEXT));
        assertThat(settings.network())
                .isEqualTo(new Network(
                        List.of(),
                        null,
                        null,
                        List.of(),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(90),
                        Duration.ofSeconds(60),
                        Duration.ofHours(1)));
        assertThat(settings.limits()).isEqualTo(Limits.USUAL);
        assertThat(settings.shutdown()).isEqualTo(new Shutdown(Duration.ofSeconds(25)));
    }

    @Test
    void theBuiltInMountsAreThoseOfTheProductAndOpen() {
        List<Repository> repositories = load(Map.of(), Map.of()).repositories();

        assertThat(repositories)
                .extracting(repository -> repository.path() + " " + repository.format())
                .containsExactly(
                        "/npm npm",
                        "/maven maven",
                        "/pypi pypi",
                        "/cargo cargo",
                        "/go go",
                        "/debian debian",
                        "/debian-security debian",
                        "/composer composer",
                        "/conda conda",
                        "/gem gem",
                        "/hex hex",
                        "/pub pub",
                        "/nuget nuget",
                        "/cran cran",
                        "/gradle gradle",
                        "/gradle-plugins maven",
                        "/conan conan");
        assertThat(repositories).extracting(Repository::name).contains("npm", "debian-security");
        assertThat(repositories)
                .filteredOn(repository -> !repository.uploads().allowed())
                .allSatisfy(repository -> assertThat(repository.upstreams())
                        .singleElement()
                        .satisfies(upstream -> {
                            assertThat(upstream.name()).isEqualTo(repository.name());
                            assertThat(upstream.url().getHost()).isNotEmpty();
                            assertThat(upstream.credentials()).isNull();
                        }));
    }

    @Test
    void whatClientsMayStoreIsSetForEachMount() {
        Uploads usual = new Uploads(true, 100_000_000, Duration.ofDays(30));
        assertThat(load(Map.of(), Map.of()).repositories())
                .filteredOn(repository -> repository.uploads().allowed())
                .containsExactly(new Repository("/gradle", "gradle", List.of(), usual, Rules.NONE, false));
    }

    @Test
    void aWholeFileIsRead() {
        Settings settings = ConfigurationFile.of(folder, """
                        listen: "127.0.0.1:3000"
                        base_url: "https://packages.example.com/cache/"
                        storage:  { path: /var/cache/gateway, max_size: 10GB, max_artifact_size: 2GiB, fsync: false, scrub: off }
                        database: { path: /var/lib/gateway/proxy.db }
                        log:      { level: debug, format: json, access: text }
                        network:
                          allow_private_upstreams: ["10.1.0.0/16", "Registry.internal"]
                          proxy: "http://ci:s3cret@proxy.internal:3128"
                          trusted_proxies: ["192.168.1.1", "fd00::/8"]
                          connect_timeout: 500ms
                          response_timeout: 2m
                          idle_timeout: 30s
                          flight_timeout: 3h
                        limits: { connections: 500, request_line: 8KiB, headers: 64KiB, head_timeout: 5s, body_timeout: 1m,
                                  idle_timeout: 10s, send_timeout: 30s }
                        shutdown: { grace: 0s }
                        repositories:
                          - { path: /maven-internal, format: maven, upstream: { url: "http://10.1.0.5/maven2" } }
                        """).settings();

        assertThat(settings.listen()).isEqualTo(new Listen("127.0.0.1", 3000));
        assertThat(settings.baseUrl()).isEqualTo(URI.create("https://packages.example.com/cache"));
        assertThat(settings.storage())
                .isEqualTo(new Storage(
                        Path.of("/var/cache/gateway"), 10_000_000_000L, 2_147_483_648L, false, Duration.ZERO));
        assertThat(settings.database().path()).isEqualTo(Path.of("/var/lib/gateway/proxy.db"));
        assertThat(settings.log()).isEqualTo(new Log(Log.Level.DEBUG, Log.Format.JSON, Log.Access.TEXT));
        assertThat(settings.network())
                .isEqualTo(new Network(
                        List.of(AllowedHost.parse("10.1.0.0/16"), new AllowedHost.Name("registry.internal")),
                        new ProxyServer("proxy.internal", 3128, new Credentials("ci", new Secret("s3cret"))),
                        null,
                        List.of(Cidr.parse("192.168.1.1/32"), Cidr.parse("fd00::/8")),
                        Duration.ofMillis(500),
                        Duration.ofMinutes(2),
                        Duration.ofSeconds(30),
                        Duration.ofHours(3)));
        assertThat(settings.limits())
                .isEqualTo(new Limits(
                        500,
                        8192,
                        65_536,
                        Duration.ofSeconds(5),
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30)));
        assertThat(settings.shutdown().grace()).isZero();
        assertThat(settings.repositories())
                .last()
                .isEqualTo(new Repository(
                        "/maven-internal",
                        "maven",
                        List.of(Upstream.at("maven-internal", URI.create("http://10.1.0.5/maven2")))));
    }

    @Test
    void jsonSaysTheSameAsYaml() {
        Settings json = ConfigurationFile.of(folder, """
                        {
                        \t"listen": "127.0.0.1:3000",
                        \t"storage": { "max_size": 5000, "fsync": false, "path": null },
                        \t"upstream": { "npm": ["http:\\/\\/127.0.0.1:4873"] }
                        }
                        """).settings();
        Settings yaml = ConfigurationFile.of(folder, """
                        listen: 127.0.0.1:3000
                        storage:
                          max_size: 5000
                          fsync: false
                          path:
                        upstream:
                          npm:
                            - http://127.0.0.1:4873
                        """).settings();

        assertThat(json).isEqualTo(yaml);
        assertThat(json.storage().maxSizeBytes()).isEqualTo(5000);
    }

    @Test
    void anEmptyFileAndOneOfCommentsSetNothing() {
        assertThat(ConfigurationFile.of(folder, "").settings()).isEqualTo(load(Map.of(), Map.of()));
        assertThat(ConfigurationFile.of(folder, "# nothing\nstorage:\n  # path: /x\n")
                        .settings())
                .isEqualTo(load(Map.of(), Map.of()));
    }

    @Test
    void aByteOrderMarkAndExistingCertificatesAreFine() throws IOException {
        Path certificates = Files.createFile(folder.resolve("ca.pem"));
        Settings settings = ConfigurationFile.of(folder, "\uFEFFnetwork: { ca_file: \"" + certificates + "\" }")
                .settings();

        assertThat(settings.network().caFile()).isEqualTo(certificates);
    }

    @Test
    void flagsWinOverTheEnvironmentAndThatOverTheFile() {
        String file = "listen: \":1\"\nlog: { level: warn, format: json }\nstorage: { path: file, max_size: 1kB }";
        Path path = ConfigurationFile.of(folder, file).path();
        Map<String, String> environment =
                Map.of("PROXY_LISTEN", ":2", "PROXY_STORAGE_PATH", "variable", "PROXY_STORAGE_MAX_SIZE", "2kB");

        Settings settings = SettingsLoader.load(environment, Optional.of(path), Map.of("listen", ":3"));

        assertThat(settings.listen().port()).isEqualTo(3);
        assertThat(settings.storage()).isEqualTo(new Storage(Path.of("variable"), 2000, 0, true, Duration.ofDays(30)));
        assertThat(settings.log()).isEqualTo(new Log(Log.Level.WARN, Log.Format.JSON));
    }

    @Test
    void everyVariableAndEveryFlagIsRead() {
        Map<String, String> values = Map.of(
                "listen", "localhost:9",
                "base-url", "http://gw.example",
                "storage", "s",
                "database", "d",
                "log-level", "error",
                "log-format", "json");
        Map<String, String> variables = Map.of(
                "PROXY_LISTEN", "localhost:9",
                "PROXY_BASE_URL", "http://gw.example",
                "PROXY_STORAGE_PATH", "s",
                "PROXY_DATABASE_PATH", "d",
                "PROXY_LOG_LEVEL", "error",
                "PROXY_LOG_FORMAT", "json");

        assertThat(load(Map.of(), values)).isEqualTo(load(variables, Map.of()));
        assertThat(load(Map.of(), values).baseUrl()).isEqualTo(URI.create("http://gw.example"));
    }

    @Test
    void anEmptyVariableCountsAsUnset() {
        assertThat(load(Map.of("PROXY_LISTEN", "", "PROXY_BASE_URL", ""), Map.of()))
                .isEqualTo(load(Map.of(), Map.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "PROXY_STORAGE_MAX_SIZE, 10XB, 'PROXY_STORAGE_MAX_SIZE: \"10XB\" is not a size; write for example 10GB'",
        "PROXY_LOG_LEVEL, loud, 'PROXY_LOG_LEVEL: \"loud\" is not a log level; write debug, info, warn or error'",
        "PROXY_LOG_FORMAT, xml, 'PROXY_LOG_FORMAT: \"xml\" is not a log format; write text or json'",
        "PROXY_BASE_URL, http://u:p@h, 'PROXY_BASE_URL: \"http://***@h\" must not hold a user or password'",
        "-storage, '', '-storage: \"\" is not a path'",
        "-database, /, '-database: \"/\" is a folder; write for example /var/lib/gateway/proxy.db'",
        "-listen, x, '-listen: \"x\" is not an address; write for example :8080, 127.0.0.1:3000 or [::1]:8080'",
    })
    void aBadVariableOrFlagIsNamed(String source, String value, String message) {
        Map<String, String> environment = new HashMap<>();
        Map<String, String> flags = new HashMap<>();
        (source.startsWith("-") ? flags : environment).put(source.replaceFirst("^-", ""), value);

        assertThatThrownBy(() -> load(environment, flags))
                .isInstanceOf(SettingsException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        ":8080, http://localhost:8080, true",
        "0.0.0.0:8080, http://localhost:8080, true",
        "[::]:8080, http://localhost:8080, true",
        "127.0.0.1:3000, http://127.0.0.1:3000, false",
        "[::1]:8080, http://[::1]:8080, false",
        "localhost:80, http://localhost:80, false",
        "10.1.2.3:80, http://10.1.2.3:80, true",
    })
    void theBaseUrlComesFromListenWithAWarningWhereOthersCanReachIt(String listen, String baseUrl, boolean warned) {
        Settings settings = load(Map.of(), Map.of("listen", listen));

        assertThat(settings.baseUrl()).isEqualTo(URI.create(baseUrl));
        assertThat(settings.warnings())
                .isEqualTo(
                        warned
                                ? List.of("base_url is not set: other machines can reach " + listen
                                        + ", but links in indexes will say " + baseUrl
                                        + "; set base_url to the address that clients use")
                                : List.of());
        assertThat(load(Map.of("PROXY_BASE_URL", "http://x"), Map.of("listen", listen))
                        .warnings())
                .isEmpty();
    }

    @Test
    void aFreePortCompletesTheBaseUrlOnceItIsBound() {
        assertThat(load(Map.of(), Map.of("listen", "127.0.0.1:0"))
                        .withPort(4711)
                        .baseUrl())
                .isEqualTo(URI.create("http://127.0.0.1:4711"));
        assertThat(load(Map.of("PROXY_BASE_URL", "http://x"), Map.of("listen", ":0"))
                        .withPort(4711)
                        .baseUrl())
                .isEqualTo(URI.create("http://x"));
    }

    private static Settings load(Map<String, String> environment, Map<String, String> flags) {
        return SettingsLoader.load(environment, Optional.empty(), flags);
    }
}

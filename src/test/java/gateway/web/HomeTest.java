package gateway.web;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.web.reactive.function.server.RequestPredicates.GET;
import static org.springframework.web.reactive.function.server.RouterFunctions.route;

import gateway.cache.Mount;
import gateway.format.Format;
import gateway.format.Formats;
import gateway.settings.Credentials;
import gateway.settings.Repository;
import gateway.settings.Secret;
import gateway.settings.Settings;
import gateway.settings.SettingsLoader;
import gateway.settings.Upstream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;

class HomeTest {

    private static final String BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    static Stream<String> formats() {
        return Formats.all().stream().map(Format::name);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void every_format_tells_how_its_clients_are_set_up(String format) {
        List<Setup> setups = Setup.of(format, URI.create("https://packages.example.com"), mount(format));

        assertThat(setups).isNotEmpty().allSatisfy(setup -> {
            assertThat(setup.client()).isNotBlank();
            assertThat(setup.snippets()).isNotEmpty().allSatisfy(snippet -> {
                assertThat(snippet.caption()).isNotBlank();
                assertThat(snippet.code()).isNotBlank().doesNotContainPattern("\\{[a-z]+}");
            });
        });
        assertThat(setups.toString()).contains("https://packages.example.com/" + format);
    }

    @Test
    void a_format_without_a_setup_file_has_none() {
        assertThat(Setup.of("unheard-of", URI.create("http://localhost"), URI.create("http://localhost/x")))
                .isEmpty();
    }

    @Test
    void a_text_client_is_shown_each_mount_and_each_client() {
        String page = page(home("http://localhost:8080"), "*/*", "text/plain");

        assertThat(page).startsWith("gateway 1.2.3\n").contains("http://localhost:8080/health");
        assertThat(page)
                .contains("http://localhost:8080/npm/", "http://localhost:8080/debian-security/")
                .contains("registry=http://localhost:8080/npm/\n")
                .contains("pip config set global.index-url http://localhost:8080/pypi/simple/\n")
                .contains("registry = \"sparse+http://localhost:8080/cargo/\"")
                .contains("go env -w GOPROXY=http://localhost:8080/go\n")
                .contains("<url>http://localhost:8080/maven</url>")
                .contains("URIs: http://localhost:8080/debian\n");
        assertThat(page.lines()).noneMatch(line -> line.endsWith(" ") || line.length() > 140);
    }

    @Test
    void a_browser_gets_a_page_that_needs_nothing_else() {
        EntityExchangeResult<byte[]> answer = get(home("http://localhost:8080"), BROWSER);
        String page = body(answer);

        assertThat(answer.getResponseHeaders().getFirst("Content-Type")).startsWith("text/html");
        assertThat(answer.getResponseHeaders().getFirst("Vary")).isEqualTo("Accept");
        assertThat(page)
                .contains("<code>http://localhost:8080/npm/</code>")
                .contains("&lt;mirrorOf&gt;*&lt;/mirrorOf&gt;")
                .contains("href=\"#pip\"", "id=\"pip\"")
                .doesNotContain("<script", "src=", "{setups}", "{repositories}");
    }

    @Test
    void a_browser_and_curl_are_shown_the_same_clients() {
        Home home = home("http://localhost:8080");

        int clients = Formats.all().stream()
                .mapToInt(format ->
                        Setup.of(format.name(), mount("x"), mount("x")).size())
                .sum();
        assertThat(page(home, BROWSER, "text/html").split("<h2>", -1)).hasSize(clients + 3);
        assertThat(page(home, "*/*", "text/plain").lines().filter(line -> line.matches("[a-zA-Z][^:]*")))
                .contains(
                        "npm and pnpm",
                        "yarn (berry)",
                        "pip",
                        "uv",
                        "cargo",
                        "go",
                        "mvn",
                        "gradle",
                        "apt",
                        "conda, mamba",
                        "pixi",
                        "bundler",
                        "gem",
                        "R",
                        "conan",
                        "composer",
                        "dotnet, NuGet");
    }

    @Test
    void over_https_no_client_is_told_to_trust_plain_http() {
        assertThat(page(home("https://packages.example.com"), "*/*", "text/plain"))
                .contains("npmRegistryServer: \"https://packages.example.com/npm\"")
                .doesNotContain("unsafeHttpWhitelist", "trusted-host", "allowInsecure", "secure-http", "http:");
    }

    @Test
    void over_plain_http_from_another_machine_pip_is_told_to_trust_the_host() {
        assertThat(page(home("http://packages.lan:8080"), "*/*", "text/plain"))
                .contains("pip config set global.trusted-host packages.lan:8080\n")
                .contains("unsafeHttpWhitelist: [\"packages.lan\"]\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:8080", "http://127.0.0.1:3000", "http://[::1]:8080"})
    void on_this_machine_pip_trusts_by_itself(String baseUrl) {
        assertThat(page(home(baseUrl), "*/*", "text/plain")).doesNotContain("trusted-host");
    }

    @Test
    void a_base_url_with_a_path_begins_every_address() {
        assertThat(page(home("https://example.com/packages"), "*/*", "text/plain"))
                .contains("registry=https://example.com/packages/npm/", "https://example.com/packages/health")
                .doesNotContain("example.com/npm");
    }

    @Test
    void no_secret_and_no_path_of_an_upstream_is_shown() {
        Upstream secret = new Upstream(
                "internal",
                URI.create("https://maven.example.com/path-t0ken"),
                Map.of(),
                new Credentials("user-t0ken", new Secret("password-t0ken")),
                null,
                Map.of("X-Key", new Secret("header-t0ken")),
                null,
                false);
        Mount mount = Mount.of(
                new Repository("/maven-internal", "maven", List.of(secret)), URI.create("http://localhost:8080"));
        Home home = new Home(List.of(mount), "1", new ForwardedBase(List.of()));

        for (String accept : List.of(BROWSER, "*/*")) {
            assertThat(body(get(home, accept)))
                    .contains("internal (maven.example.com)")
                    .doesNotContain("t0ken");
        }
    }

    private static URI mount(String format) {
        return URI.create("https://packages.example.com/" + format);
    }

    private static Home home(String baseUrl) {
        Settings settings = SettingsLoader.load(Map.of(), Optional.empty(), Map.of("base-url", baseUrl));
        List<Mount> mounts = new ArrayList<>();
        settings.repositories().forEach(repository -> mounts.add(Mount.of(repository, settings.baseUrl())));
        return new Home(mounts, "1.2.3", new ForwardedBase(List.of()));
    }

    private static String page(Home home, String accept, String type) {
        EntityExchangeResult<byte[]> answer = get(home, accept);
        assertThat(answer.getResponseHeaders().getFirst("Content-Type")).startsWith(type);
        return body(answer);
    }

    private static EntityExchangeResult<byte[]> get(Home home, String accept) {
        return WebTestClient.bindToRouterFunction(route(GET("/"), home::page))
                .build()
                .get()
                .uri("/")
                .header("Accept", accept)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .returnResult();
    }

    private static String body(EntityExchangeResult<byte[]> answer) {
        return new String(requireNonNull(answer.getResponseBody()), StandardCharsets.UTF_8);
    }
}

package gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** bundle, with the gateway as the mirror of every source. */
class BundlerClientTest extends LocalContract<GemRegistry> {

    @Override
    GemRegistry make(Path files) {
        return new GemRegistry(files);
    }

    @Override
    List<String> mounts() {
        return List.of("gem");
    }

    @Override
    String configuration() throws IOException {
        return "upstream: { gem: \"" + registry().server().url() + "\" }\n";
    }

    @Override
    Sample sample(Home home) throws IOException {
        return new Sample("/gems/demo-app-1.2.0.gem", registry().sha256("demo-app-1.2.0"), "cache/demo-app-1.2.0.gem");
    }

    @Override
    void install(Home home, URI gateway) {
        home.write("project/Gemfile", """
                source "https://gems.invalid"
                gem "demo-app"
                gem "demo-2-native"
                """);
        bundle(home, gateway, "install");
    }

    @Override
    SortedMap<String, String> installed(Home home, URI gateway) {
        SortedMap<String, String> files =
                Tree.of(home.file("bundle"), path -> path.matches("ruby/[^/]+/(cache|gems|specifications)/.*"));
        files.put("Gemfile.lock", home.digest("project/Gemfile.lock", gateway));
        return files;
    }

    @Test
    @Order(1)
    void only_the_compact_index_is_asked_for() throws IOException {
        assertThat(registry().server().requests())
                .allMatch(request -> request.path().matches("/(versions|info/[^/]+|gems/[^/]+)"));
        assertThat(home("cold").read("project/Gemfile.lock")).contains("remote: https://gems.invalid");
    }

    @Test
    @Order(5)
    void a_bundler_that_has_the_list_of_versions_gets_what_was_added() throws IOException, InterruptedException {
        Home cold = home("cold");
        registry().publish("demo-base", "1.9.0");
        // An index is not confirmed more often than that, even for who insists.
        Thread.sleep(Duration.ofSeconds(11));
        for (String path : List.of("/gem/versions", "/gem/info/demo-base")) {
            ask(path, "Cache-Control", "no-cache");
        }

        bundle(cold, gateway(), "update", "demo-base");

        assertThat(cold.read("project/Gemfile.lock")).contains("demo-base (1.9.0)");
        assertThat(ask("/metrics", "Accept", "*/*")).containsPattern("gateway_requests_total\\{[^}]*status=\"206\"");
        assertThat(registry().server().requests("/versions").getLast().header("Range"))
                .isNotNull();
    }

    private static void bundle(Home home, URI gateway, String... command) {
        home.set("BUNDLE_MIRROR__ALL", gateway + "/gem/")
                .set("BUNDLE_PATH", home.file("bundle"))
                .set("BUNDLE_USER_HOME", home.file("user"))
                .set("BUNDLE_RETRY", "0")
                .set("BUNDLE_SILENCE_ROOT_WARNING", "1")
                .set("BUNDLE_DISABLE_VERSION_CHECK", "1");
        home.run(Stream.concat(Stream.of(Tools.bundle()), Stream.of(command)).toArray());
    }

    private String ask(String path, String header, String value) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(gateway() + path))
                    .header(header, value)
                    .build();
            return client.send(request, BodyHandlers.ofString()).body();
        }
    }
}

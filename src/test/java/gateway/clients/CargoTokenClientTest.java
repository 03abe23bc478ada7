package gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gateway.support.FakeUpstream;
import gateway.support.StoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** cargo before the dependency proxy of a private project, with a token. */
@Tag("clients")
class CargoTokenClientTest {

    private static final String TOKEN = "token-of-dana-and-nobody-else";

    private final FakeUpstream registry = FakeUpstream.start();

    @TempDir
    Path temporary;

    private Path folder = Path.of("");
    private GatewayProcess gateway;

    @BeforeEach
    void start() throws Exception {
        folder = temporary.toRealPath();
        publish();
        gateway = new GatewayProcess(folder.resolve("gateway"));
        gateway.start("""
                admin: { token: "the administrator's own token" }
                projects:
                  - id: 42
                    path: acme/app
                    visibility: private
                    members:
                      - { user: dana, role: developer, tokens: [ { kind: personal, scopes: [api], value: "%s" } ] }
                    dependency_proxy: { enabled: true, cargo: { url: "%s" } }
                """.formatted(TOKEN, registry.url("/r")), gateway.address());
    }

    @AfterEach
    void stop() {
        gateway.close();
        registry.close();
    }

    private void publish() throws IOException {
        Home author = home("author");
        author.write("project/src/lib.rs", "pub fn leaf() -> u32 { 42 }\n");
        author.write("project/Cargo.toml", """
                [package]
                name = "leaf-of-acme"
                version = "1.0.0"
                edition = "2021"
                description = "A leaf."
                license = "MIT"
                """);
        author.run(Tools.cargo(), "package", "--no-verify", "--allow-dirty", "--offline");
        byte[] crate = Files.readAllBytes(author.file("project/target/package/leaf-of-acme-1.0.0.crate"));
        registry.serve("/r/config.json", "{\"dl\": \"%s\"}".formatted(registry.url("/r/crates")));
        registry.serve("/r/le/af/leaf-of-acme", """
                {"name":"leaf-of-acme","vers":"1.0.0","deps":[],"cksum":"%s","features":{},"yanked":false}
                """.formatted(StoreFiles.hex("SHA-256", crate)));
        registry.serve("/r/crates/leaf-of-acme/1.0.0/download", crate);
    }

    private Home home(String name) {
        Home home = new Home(folder.resolve(name));
        return home.set("CARGO_HOME", home.file("cargo")).path(Tools.cargo().resolveSibling(""));
    }

    private Home consumer(String name) {
        Home home = home(name);
        home.write("project/src/lib.rs", "pub fn tree() -> u32 { leaf_of_acme::leaf() }\n");
        home.write("project/Cargo.toml", """
                [package]
                name = "project"
                version = "1.0.0"
                edition = "2021"

                [dependencies]
                leaf-of-acme = "1.0.0"
                """);
        home.write("cargo/config.toml", """
                [source.crates-io]
                replace-with = "project"

                [registries.project]
                index = "sparse+%s/api/v4/projects/42/dependency_proxy/packages/cargo/"

                [registry]
                global-credential-providers = ["cargo:token"]

                [net]
                retry = 1
                """.formatted(gateway.address()));
        return home;
    }

    private static void assertBuilds(Home home) {
        home.run(Tools.cargo(), "build");
        assertThat(home.read("project/Cargo.lock")).contains("leaf-of-acme");
    }

    @Test
    @DisplayName("cargo builds with a token of its credentials file or of a variable, also when the remote is down")
    void builds() {
        Home cold = consumer("cold");
        cold.write("cargo/credentials.toml", "[registries.project]\ntoken = \"" + TOKEN + "\"\n");
        assertBuilds(cold);
        assertThat(registry.count("/r/crates/leaf-of-acme/1.0.0/download")).isEqualTo(1);

        registry.stop();
        assertBuilds(consumer("warm").set("CARGO_REGISTRIES_PROJECT_TOKEN", "Bearer " + TOKEN));
    }

    @Test
    @DisplayName("without a token, or with a wrong one, cargo is told so")
    void refused() {
        Home none = consumer("none");
        Home wrong = consumer("wrong").set("CARGO_REGISTRIES_PROJECT_TOKEN", "token-of-nobody");

        assertThatThrownBy(() -> none.run(Tools.cargo(), "build")).hasMessageContaining("no token found");
        assertThatThrownBy(() -> wrong.run(Tools.cargo(), "build")).hasMessageContaining("401");
        assertThat(registry.requests()).isEmpty();
    }
}

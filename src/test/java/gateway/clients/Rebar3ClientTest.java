package gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** rebar3, with a registry that its own libraries have packed and signed. */
class Rebar3ClientTest extends LocalContract<LocalRegistry> {

    private static final String TARBALL = "/tarballs/gateway_leaf-1.0.0.tar";

    private Path files = Path.of("");

    @Override
    LocalRegistry make(Path folder) throws IOException {
        files = folder;
        Tools.say(
                Tools.escript().toString(),
                Path.of("src/test/resources/gateway/clients/hex-registry.escript")
                        .toAbsolutePath()
                        .toString(),
                Tools.rebar3().toString(),
                files.toString());
        return new LocalRegistry(files);
    }

    @Override
    List<String> mounts() {
        return List.of("hex");
    }

    @Override
    String configuration() throws IOException {
        return "upstream: { hex: \"" + registry().address() + "\" }\n";
    }

    @Override
    Sample sample(Home home) throws IOException {
        String sha256 = Tree.sha256(Files.readAllBytes(files.resolve(TARBALL.substring(1))));
        return new Sample(TARBALL, sha256, "gateway_leaf/src/gateway_leaf.erl");
    }

    @Override
    void install(Home home, URI gateway) throws IOException {
        install(home, gateway, "public_key");
    }

    @Override
    SortedMap<String, String> installed(Home home, URI gateway) {
        SortedMap<String, String> installed = Tree.of(home.file("project/_build/default/lib"));
        installed.put("rebar.lock", home.digest("project/rebar.lock", gateway));
        return installed;
    }

    @Test
    @Order(5)
    void a_signature_by_another_key_is_seen_through_the_gateway(@TempDir Path other) throws IOException {
        Home home = new Home(other);

        assertThatExceptionOfType(Command.Failed.class)
                .isThrownBy(() -> install(home, gateway(), "other_key"))
                .withMessageContaining("gateway_branch");
        assertThat(home.file("project/_build/default/lib/gateway_branch")).doesNotExist();
    }

    private void install(Home home, URI gateway, String key) throws IOException {
        home.write("project/src/project.app.src", "{application,project,[{vsn,\"1\"},{modules,[]}]}.\n");
        home.write("project/rebar.config", """
                {deps, [{gateway_branch, "2.1.0+build.7"}, {gateway_leaf, "1.0.0"}]}.
                {hex, [{repos, [#{name => <<"hexpm">>, repo_public_key => <<"%s">>}]}]}.
                """.formatted(Files.readString(files.resolve(key))));
        home.set("HEX_CDN", gateway + "/hex").set("REBAR_CACHE_DIR", home.file("cache"));
        home.run(Tools.rebar3(), "get-deps");
    }
}

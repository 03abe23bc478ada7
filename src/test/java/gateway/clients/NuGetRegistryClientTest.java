package gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gateway.support.FakeUpstream;
import gateway.support.NuGetFiles;
import gateway.support.TestGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Case 40 for NuGet: nuget pushes to a project's registry, installs and deletes there. */
@Tag("clients")
class NuGetRegistryClientTest {

    private static final String DEVELOPER = "the-developers-own-token";
    private static final String MAINTAINER = "the-maintainers-own-token";
    private static final String REPORTER = "the-reporters-own-token";

    @TempDir
    Path temporary;

    private final FakeUpstream upstream = FakeUpstream.start();
    private Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init") // before each test
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        folder = temporary.toRealPath();
        gateway = new TestGateway(Files.createDirectories(folder.resolve("gateway")));
        gateway.startLinked("""
                projects:
                  - id: 42
                    path: acme/app
                    visibility: private
                    members:
                      - { user: dana, role: developer, tokens: [ { kind: personal, scopes: [api], value: "%s" } ] }
                      - { user: mara, role: maintainer, tokens: [ { kind: personal, scopes: [api], value: "%s" } ] }
                      - { user: rita, role: reporter, tokens: [ { kind: personal, scopes: [read_api], value: "%s" } ] }
                    dependency_proxy: { enabled: true, nuget: { url: "%s" } }
                """.formatted(DEVELOPER, MAINTAINER, REPORTER, upstream.url("/r")));
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    /** A home whose sources are the project's registry and its dependency proxy. */
    private Home home(String name, String user, String token) throws IOException {
        Home home = new Home(Files.createDirectories(folder.resolve(name)));
        String root = gateway.address() + "/api/v4/projects/42/";
        home.write("project/NuGet.Config", """
                <?xml version="1.0" encoding="utf-8"?>
                <configuration>
                  <packageSources>
                    <clear />
                    <add key="registry" value="%1$spackages/nuget/index.json" protocolVersion="3" />
                    <add key="proxy" value="%1$sdependency_proxy/packages/nuget/v3/index.json" protocolVersion="3" />
                  </packageSources>
                  <packageSourceCredentials>
                    <registry>
                      <add key="Username" value="%2$s" /><add key="ClearTextPassword" value="%3$s" />
                    </registry>
                    <proxy>
                      <add key="Username" value="%2$s" /><add key="ClearTextPassword" value="%3$s" />
                    </proxy>
                  </packageSourceCredentials>
                </configuration>
                """.formatted(root, user, token));
        return home.set("NUGET_PACKAGES", home.file("packages")).set("NUGET_HTTP_CACHE_PATH", home.file("cache"));
    }

    private static String nuget(Home home, String... words) {
        Object[] command = new Object[words.length + 3];
        command[0] = Tools.mono();
        command[1] = Tools.nuget();
        System.arraycopy(words, 0, command, 2, words.length);
        command[words.length + 2] = "-NonInteractive";
        return home.run(command);
    }

    private static void pack(Home home, String id, String needs) throws IOException {
        home.write("project/" + id + ".txt", id);
        home.write("project/" + id + ".nuspec", """
                <?xml version="1.0" encoding="utf-8"?>
                <package><metadata>
                  <id>%1$s</id><version>1.0.0</version><authors>demo</authors><description>demo</description>%2$s
                </metadata><files><file src="%1$s.txt" target="content" /></files></package>
                """.formatted(id, needs));
        home.run(Tools.mono(), Tools.nuget(), "pack", id + ".nuspec", "-NonInteractive");
    }

    private static void push(Home home, String id, String... more) {
        String[] words = {"push", id + ".1.0.0.nupkg", "-Source", "registry"};
        String[] all = new String[words.length + more.length];
        System.arraycopy(words, 0, all, 0, words.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        nuget(home, all);
    }

    @Test
    @DisplayName("case 40: nuget pushes a package and what it needs, others install them, a maintainer deletes one")
    void pushed() throws Exception {
        Home publisher = home("publisher", "dana", DEVELOPER);
        pack(publisher, "Demo.Base", "");
        pack(publisher, "Demo.Top", "<dependencies><dependency id=\"Demo.Base\" version=\"1.0.0\" /></dependencies>");
        push(publisher, "Demo.Base", "-ApiKey", DEVELOPER);
        push(publisher, "Demo.Top", "-ApiKey", "any");
        assertThatThrownBy(() -> push(publisher, "Demo.Top", "-ApiKey", DEVELOPER))
                .hasMessageContaining("409");
        push(publisher, "Demo.Top", "-ApiKey", DEVELOPER, "-SkipDuplicate");

        Home consumer = home("consumer", "rita", REPORTER);
        nuget(consumer, "install", "Demo.Top", "-Source", "registry", "-OutputDirectory", "installed");
        for (String id : new String[] {"Demo.Base", "Demo.Top"}) {
            Path installed = consumer.file("project/installed/" + id + ".1.0.0/" + id + ".1.0.0.nupkg");
            assertThat(installed).hasSameBinaryContentAs(publisher.file("project/" + id + ".1.0.0.nupkg"));
        }
        assertThat(nuget(consumer, "search", "demo", "-Source", "registry")).contains("Demo.Base", "Demo.Top");
        assertThatThrownBy(() -> push(consumer, "../../publisher/project/Demo.Base", "-ApiKey", REPORTER))
                .hasMessageContaining("403");

        Home keeper = home("keeper", "mara", MAINTAINER);
        nuget(keeper, "delete", "Demo.Top", "1.0.0", "-Source", "registry", "-ApiKey", MAINTAINER);
        assertThat(nuget(keeper, "search", "demo", "-Source", "registry"))
                .contains("Demo.Base")
                .doesNotContain("Demo.Top");
    }

    @Test
    @DisplayName("what nuget pulled through the dependency proxy installs from the project's registry alone")
    void pulled() throws Exception {
        Home developer = home("developer", "dana", DEVELOPER);
        byte[] bytes = NuGetFiles.nupkg("Demo.Lib", "1.0.0", "");
        upstream.serve("/r/v3/index.json", """
                {"version": "3.0.0", "resources": [
                  {"@id": "%s", "@type": "PackageBaseAddress/3.0.0"},
                  {"@id": "%s", "@type": "RegistrationsBaseUrl/3.6.0"}
                ]}""".formatted(upstream.url("/r/flat/"), upstream.url("/r/registration/")));
        upstream.serve("/r/flat/demo.lib/index.json", "{\"versions\":[\"1.0.0\"]}");
        upstream.serve("/r/flat/demo.lib/1.0.0/demo.lib.1.0.0.nupkg", bytes);
        upstream.serve("/r/registration/demo.lib/index.json", """
                {"@id": "%1$s", "count": 1, "items": [{"@id": "%1$s#page", "count": 1, "lower": "1.0.0", "upper": "1.0.0",
                  "items": [{"@id": "%2$s", "packageContent": "%3$s",
                    "catalogEntry": {"@id": "%2$s", "id": "Demo.Lib", "version": "1.0.0", "packageContent": "%3$s"}}]}]}
                """.formatted(
                        upstream.url("/r/registration/demo.lib/index.json"),
                        upstream.url("/r/registration/demo.lib/1.0.0.json"),
                        upstream.url("/r/flat/demo.lib/1.0.0/demo.lib.1.0.0.nupkg")));
        nuget(developer, "install", "Demo.Lib", "-Source", "proxy", "-OutputDirectory", "installed");
        upstream.stop();

        Home consumer = home("consumer", "rita", REPORTER);
        nuget(consumer, "install", "Demo.Lib", "-Source", "registry", "-OutputDirectory", "installed");
        assertThat(consumer.file("project/installed/Demo.Lib.1.0.0/Demo.Lib.1.0.0.nupkg"))
                .hasBinaryContent(bytes);
    }
}

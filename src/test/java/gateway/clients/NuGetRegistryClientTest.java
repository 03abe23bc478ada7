package gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gateway.project.Role;
import gateway.support.FakeUpstream;
import gateway.support.NuGetFiles;
import gateway.support.PrivateProject;
import gateway.support.PrivateProject.Member;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Case 40 for NuGet: nuget pushes to a project's registry, installs and deletes there. */
@Tag("clients")
class NuGetRegistryClientTest {

    private static final Member DANA = new Member("dana", Role.DEVELOPER, "api");
    private static final Member MARY = new Member("mary", Role.MAINTAINER, "api");
    private static final Member RITA = new Member("rita", Role.REPORTER, "read_api");

    @RegisterExtension
    final ClientProject project = new ClientProject(DANA, MARY, RITA);

    private final FakeUpstream upstream = FakeUpstream.start();

    @BeforeEach
    void start() {
        project.start(PrivateProject.proxy("nuget", upstream.url("/r")));
    }

    @AfterEach
    void stop() {
        upstream.close();
    }

    /** A home whose sources are the project's registry and its dependency proxy. */
    private Home home(String name, Member member) {
        Home home = project.home(name);
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
                """.formatted(project.url(""), member.user(), member.token()));
        return home.set("NUGET_PACKAGES", home.file("packages")).set("NUGET_HTTP_CACHE_PATH", home.file("cache"));
    }

    private static String nuget(Home home, String command, String... words) {
        return home.run(List.of(Tools.mono(), Tools.nuget(), command, "-NonInteractive"), words);
    }

    private static void pack(Home home, String id, String needs) {
        home.write("project/" + id + ".txt", id);
        home.write("project/" + id + ".nuspec", """
                <?xml version="1.0" encoding="utf-8"?>
                <package><metadata>
                  <id>%1$s</id><version>1.0.0</version><authors>demo</authors><description>demo</description>%2$s
                </metadata><files><file src="%1$s.txt" target="content" /></files></package>
                """.formatted(id, needs));
        nuget(home, "pack", id + ".nuspec");
    }

    private static void push(Home home, String id, String... more) {
        String[] words = Stream.concat(Stream.of(id + ".1.0.0.nupkg", "-Source", "registry"), Stream.of(more))
                .toArray(String[]::new);
        nuget(home, "push", words);
    }

    @Test
    @DisplayName("case 40: nuget pushes a package and what it needs, others install them, a maintainer deletes one")
    void pushed() throws Exception {
        Home publisher = home("publisher", DANA);
        pack(publisher, "Demo.Base", "");
        pack(publisher, "Demo.Top", "<dependencies><dependency id=\"Demo.Base\" version=\"1.0.0\" /></dependencies>");
        push(publisher, "Demo.Base", "-ApiKey", DANA.token());
        push(publisher, "Demo.Top", "-ApiKey", "any");
        assertThatThrownBy(() -> push(publisher, "Demo.Top", "-ApiKey", DANA.token()))
                .hasMessageContaining("409");
        push(publisher, "Demo.Top", "-ApiKey", DANA.token(), "-SkipDuplicate");

        Home consumer = home("consumer", RITA);
        nuget(consumer, "install", "Demo.Top", "-Source", "registry", "-OutputDirectory", "installed");
        for (String id : new String[] {"Demo.Base", "Demo.Top"}) {
            Path installed = consumer.file("project/installed/" + id + ".1.0.0/" + id + ".1.0.0.nupkg");
            assertThat(installed).hasSameBinaryContentAs(publisher.file("project/" + id + ".1.0.0.nupkg"));
        }
        assertThat(nuget(consumer, "search", "demo", "-Source", "registry")).contains("Demo.Base", "Demo.Top");
        assertThatThrownBy(() -> push(consumer, "../../publisher/project/Demo.Base", "-ApiKey", RITA.token()))
                .hasMessageContaining("403");

        Home keeper = home("keeper", MARY);
        nuget(keeper, "delete", "Demo.Top", "1.0.0", "-Source", "registry", "-ApiKey", MARY.token());
        assertThat(nuget(keeper, "search", "demo", "-Source", "registry"))
                .contains("Demo.Base")
                .doesNotContain("Demo.Top");
    }

    @Test
    @DisplayName("what nuget pulled through the dependency proxy installs from the project's registry alone")
    void pulled() throws Exception {
        Home developer = home("developer", DANA);
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

        Home consumer = home("consumer", RITA);
        nuget(consumer, "install", "Demo.Lib", "-Source", "registry", "-OutputDirectory", "installed");
        assertThat(consumer.file("project/installed/Demo.Lib.1.0.0/Demo.Lib.1.0.0.nupkg"))
                .hasBinaryContent(bytes);
    }
}

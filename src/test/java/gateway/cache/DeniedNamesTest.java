package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.settings.Repository;
import gateway.settings.SettingsLoader;
import gateway.support.FakeUpstream;
import gateway.support.TestGateway;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Names that belong to the organisation must never be asked for, or heard of, where anybody may publish: for every mount, on
 * every path that carries a name, in every spelling.
 */
class DeniedNamesTest {

    /** Mount, pattern, paths that carry a denied name, and one that carries another. */
    private static final Map<String, Situation> MOUNTS = Map.ofEntries(
            Map.entry("npm", new Situation("@acme/*", "@acmes/utils", """
                    /@acme/utils
                    /@acme%2futils
                    /@acme%252futils
                    /%40acme%2Futils
                    /@ACME/Utils
                    /@acme/utils/
                    /@acme/utils/1.0.0
                    /@acme/utils/latest
                    /@acme/utils/-/utils-1.0.0.tgz
                    /@acme/utils/-/@acme/utils-1.0.0.tgz
                    /@acme/utils/download/utils-1.0.0.tgz
                    /download/@acme/utils/1.0.0/0a1b
                    /-/package/@acme/utils/dist-tags
                    /-/package/@acme%2futils/dist-tags
                    /-/npm/v1/attestations/@acme/utils@1.0.0
                    /-/v1/search?text=@acme/utils
                    /-/v1/search?text=%40acme%2Futils&size=20
                    /-/v1/search?text=lodash+scope:@acme/utils
                    """)),
            Map.entry("maven", maven()),
            Map.entry("gradle-plugins", maven()),
            Map.entry("pypi", new Situation("Acme_*", "simple/acmes/", """
                    /simple/acme-utils/
                    /simple/acme-utils
                    /simple/Acme_Utils/
                    /simple/acme.-_utils/
                    /acme-utils/
                    /ACME.utils/
                    /files/acme-utils/0123456789abcdef/acme_utils-1.0-py3-none-any.whl
                    /files/acme-utils/0123456789abcdef/acme_utils-1.0-py3-none-any.whl.metadata
                    /pypi/acme-utils/json
                    /pypi/acme_utils/1.0/json
                    /acme-utils/json
                    /integrity/acme-utils/1.0/acme_utils-1.0.tar.gz/provenance
                    """)),
            Map.entry("cargo", new Situation("acme_*", "ac/me/acmes", """
                    /ac/me/acme_core
                    /ac/me/acme-core
                    /index/ac/me/acme-core
                    /ac/me/Acme-Core
                    /crates/acme-core/1.0.0/download
                    /crates/Acme_Core/1.0.0/download
                    /api/v1/crates/acme_core/1.0.0/download
                    /crates/acme-core/acme-core-1.0.0.crate
                    /api/v1/crates?q=acme-core&per_page=10
                    """)),
            Map.entry("go", new Situation("corp.test/acme", "corp.test/acmes/@v/list", """
                    /corp.test/acme/@v/list
                    /corp.test/acme/@latest
                    /corp.test/acme/lib/@v/list
                    /corp.test/acme/lib/@v/main.info
                    /corp.test/acme/lib/v2/@v/v2.0.0.info
                    /corp.test/acme/lib/v2/@v/v2.0.0.mod
                    /corp.test/acme/lib/v2/@v/v2.0.0.zip
                    /corp.test/!acme/lib/@v/list
                    /sumdb/sum.test/lookup/corp.test/acme/lib@v1.0.0
                    """)),
            Map.entry("debian", debian()),
            Map.entry("debian-security", debian()),
            Map.entry("composer", new Situation("acme", "p2/acmes/lib.json", """
                    /p2/acme/lib.json
                    /p2/acme/lib~dev.json
                    /p2/ACME/Lib.json
                    /providers/acme/lib.json
                    /dist/acme/lib/0a1b2c3d4e5f.zip
                    /dist/acme/lib/dev/0a1b2c3d4e5f.zip
                    /search.json?q=acme/lib
                    /packages/list.json?filter=acme/*
                    /packages/list.json?vendor=acme
                    /api/security-advisories/?packages%5B%5D=acme/lib
                    """)),
            Map.entry("conda", new Situation("acme-*", "forge/noarch/acmes-1.0-0.conda", """
                    /forge/noarch/acme-lib-1.0-0.conda
                    /forge/noarch/acme-lib-1.0-0.tar.bz2
                    /forge/linux-64/Acme-Lib-1.0-0.conda
                    /t/some-token/forge/noarch/acme-lib-1.0-0.conda
                    /forge/noarch/acme-lib-1.0-0.conda.sigs
                    """)),
            Map.entry("gem", new Situation("acme-*", "info/acmes", """
                    /info/acme-lib
                    /info/ACME-lib
                    /gems/acme-lib-1.0.0.gem
                    /gems/acme-lib-1.0.0-java.gem
                    /gems/acme-lib-1.0.0-x86_64-linux.gem
                    /quick/Marshal.4.8/acme-lib-1.0.0.gemspec.rz
                    /api/v1/gems/acme-lib.json
                    /api/v1/versions/acme-lib.json
                    /api/v1/versions/acme-lib/latest.json
                    /api/v2/rubygems/acme-lib/versions/1.0.0.json
                    /api/v1/attestations/acme-lib-1.0.0.json
                    /api/v1/owners/acme-lib/gems.json
                    /api/v1/search.json?query=acme-lib
                    /api/v1/gems/acme-lib.json?platform=ruby
                    """)),
            Map.entry("hex", new Situation("acme*", "packages/other", """
                    /packages/acme_core
                    /tarballs/acme_core-1.0.0.tar
                    /docs/acme_core-1.0.0.tar.gz
                    /repos/acme/packages/foo
                    /repos/acme/tarballs/foo-1.0.0.tar
                    /repos/acme/versions
                    /repos/other/packages/acme_core
                    """)),
            Map.entry("pub", new Situation("acme_*", "api/packages/acmes", """
                    /api/packages/acme_core
                    /api/packages/Acme_core
                    /api/packages/acme_core/versions/1.0.0
                    /api/packages/acme_core/advisories
                    /api/archives/acme_core-1.0.0.tar.gz
                    /packages/acme_core/versions/1.0.0.tar.gz
                    /api/search?q=acme_core
                    """)),
            Map.entry("nuget", new Situation("Acme.*", "v3/flat/acmes/index.json", """
                    /v3/flat/acme.utils/index.json
                    /v3/flat/Acme.Utils/index.json
                    /v3/flat/acme.utils/1.0.0/acme.utils.1.0.0.nupkg
                    /v3/flat/ACME.Utils/1.0/acme.utils.1.0.nupkg
                    /v3/flat/acme.utils/1.0.0/acme.utils.nuspec
                    /v3/flat/acme.utils/1.0.0/readme
                    /v3/registration/acme.utils/index.json
                    /v3/registration-gz/acme.utils/index.json
                    /v3/registration-semver2/acme.utils/1.0.0.json
                    /v3/registration-semver2/acme.utils/page/1.0.0/2.0.0.json
                    /v3/catalog/acme.utils/1.0.0.json
                    /v3/query?q=Acme.Utils&prerelease=false
                    /v3/query?q=packageid:Acme.Utils
                    /v3/autocomplete?id=Acme.Utils
                    /v2/FindPackagesById()?id=%27Acme.Utils%27
                    /v2/FindPackagesById(id='Acme.Utils')
                    /v2/Packages(Id='Acme.Utils',Version='1.0.0')
                    /v2/Packages()?$filter=Id%20eq%20'Acme.Utils'
                    /v2/Search()?searchTerm='acme.utils'
                    /v2/GetUpdates()?packageIds='other%7CAcme.Utils'
                    /api/v2/package/Acme.Utils/1.0.0
                    """)),
            Map.entry("cran", new Situation("acme*", "src/contrib/other_1.0.tar.gz", """
                    /src/contrib/acmeStats_1.0.tar.gz
                    /src/contrib/AcmeStats_1.0.tar.gz
                    /src/contrib/Archive/acmeStats/acmeStats_0.9.tar.gz
                    /bin/windows/contrib/4.4/acmeStats_1.0.zip
                    /bin/macosx/contrib/4.4/acmeStats_1.0.tgz
                    /cran/__linux__/jammy/latest/src/contrib/acmeStats_1.0.tar.gz
                    /web/packages/acmeStats/index.html
                    /web/checks/check_results_acmeStats.html
                    /__api__/packages/acmeStats
                    """)),
            Map.entry("conan", new Situation("acme-*", "v2/conans/acmes/1.0/_/_/latest", """
                    /v2/conans/acme-lib/1.0/_/_/latest
                    /v2/conans/acme-lib/1.0/user/channel/revisions
                    /v2/conans/Acme-Lib/1.0/_/_/revisions
                    /v2/conans/acme-lib/1.0/_/_/revisions/0a1b/files
                    /v2/conans/acme-lib/1.0/_/_/revisions/0a1b/files/conanfile.py
                    /v2/conans/acme-lib/1.0/_/_/revisions/0a1b/packages/2c3d/latest
                    /v2/conans/acme-lib/1.0/_/_/search
                    /v2/conans/acme-lib/1.0/_/_/revisions/0a1b/search
                    /v2/conans/search?q=acme-lib/*
                    /v2/conans/search?q=acme-lib%2F1.0
                    """)));

    private record Situation(String pattern, String other, String paths) {}

    private static Situation maven() {
        return new Situation("com.acme:*", "com/acmes/lib/1.0/lib-1.0.pom", """
                /com/acme/lib/1.0/lib-1.0.jar
                /com/acme/lib/1.0/lib-1.0.pom
                /com/acme/lib/1.0/lib-1.0.jar.sha1
                /com/acme/lib/1.0/lib-1.0.jar.asc
                /com/acme/lib/1.0/lib-1.0.jar.asc.md5
                /com/acme/lib/maven-metadata.xml
                /com/acme/lib/maven-metadata.xml.sha256
                /com/acme/lib/maven-metadata.xml.asc
                /com/acme/maven-metadata.xml
                /com/acme/lib/1.0-SNAPSHOT/maven-metadata.xml
                /com/acme/lib/1.0-SNAPSHOT/lib-1.0-SNAPSHOT.jar
                /com/acme/lib/1.0-SNAPSHOT/lib-1.0-20261121.194632-1.jar
                /com/acme/lib/1.0/archetype-catalog.xml
                /com/acme/site.xml
                /com/acme/lib/some.txt
                /COM/Acme/LIB/1.0/LIB-1.0.jar
                /com/%61cme/lib/1.0/lib-1.0.jar
                /com/acme;v=1/lib/1.0/lib-1.0.jar
                /com/acme%252flib/1.0/lib-1.0.jar
                /com/acme/lib/1.0/..%252f..%252fx/lib-1.0.jar
                /org/other/lib/1.0/..%252f..%252f..%252f..%252fcom%252facme%252flib
                """);
    }

    private static Situation debian() {
        return new Situation("acme-*", "pool/main/o/other/other_1.0_amd64.deb", """
                /pool/main/a/acme-tool/acme-tool_1.0_amd64.deb
                /pool/main/a/acme-tool/Acme-Tool_1.0_amd64.deb
                /pool/main/a/acme-tool/libx_1.0_amd64.deb
                /pool/main/a/acme-tool/acme-tool_1.0.dsc
                /pool/main/a/acme-tool/acme-tool_1.0.orig.tar.gz
                /pool/main/a/acme-tool/README
                /acme-tool_1.0_amd64.deb
                /acme-tool_current_amd64.deb
                /changelogs/main/a/acme-tool/acme-tool_1.0_changelog
                """);
    }

    @TempDir
    private static Path folder;

    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = new TestGateway(folder);
        gateway.start("upstream:\n"
                + MOUNTS.entrySet().stream()
                        .map(mount -> "  " + mount.getKey() + ": { url: \"" + UPSTREAM.url() + "\", hosts: "
                                + hosts(mount.getKey()) + ", deny: [\""
                                + mount.getValue().pattern() + "\"] }\n")
                        .collect(Collectors.joining()));
    }

    private static String hosts(String mount) {
        return switch (mount) {
            case "gem" -> "{ index: \"" + UPSTREAM.url() + "\" }";
            case "nuget" -> "{ v2: \"" + UPSTREAM.url() + "\" }";
            default -> "{}";
        };
    }

    @AfterAll
    static void stop() {
        gateway.close();
        UPSTREAM.close();
    }

    static Stream<String> denied() {
        return MOUNTS.entrySet().stream()
                .flatMap(mount -> mount.getValue().paths().lines().map(path -> "/" + mount.getKey() + path));
    }

    @ParameterizedTest
    @MethodSource("denied")
    void a_path_carries_a_denied_name(String path) {
        int before = UPSTREAM.requests().size();
        HttpResponse<byte[]> got = gateway.get(path);
        HttpResponse<byte[]> head = gateway.send("HEAD", path);

        assertThat(UPSTREAM.requests().subList(before, UPSTREAM.requests().size()))
                .isEmpty();
        // A spelling that is not the usual one may be answered by the gateway alone, with the usual one.
        assertThat(got.statusCode()).isIn(404, 301);
        assertThat(head.statusCode()).isEqualTo(got.statusCode());
        assertThat(got.headers().firstValue("Cache-Status"))
                .hasValue(got.statusCode() == 301 ? "gateway; detail=local" : "gateway; detail=denied");
    }

    static Stream<String> others() {
        return MOUNTS.entrySet().stream()
                .map(mount -> "/" + mount.getKey() + "/" + mount.getValue().other());
    }

    @ParameterizedTest
    @MethodSource("others")
    void a_path_carries_another_name(String path) {
        int before = UPSTREAM.requests().size();
        gateway.get(path);

        assertThat(UPSTREAM.requests()).hasSizeGreaterThan(before);
    }

    @Test
    void every_mount_that_has_an_upstream_is_looked_at() {
        Set<String> all = SettingsLoader.load(Map.of(), Optional.empty(), Map.of()).repositories().stream()
                .filter(repository -> !repository.upstreams().isEmpty())
                .map(Repository::name)
                .collect(Collectors.toSet());

        assertThat(MOUNTS.keySet()).isEqualTo(all);
    }
}

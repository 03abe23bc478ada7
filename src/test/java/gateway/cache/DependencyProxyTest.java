package gateway.cache;

import static gateway.cache.ProxyRig.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.project.PackageFile;
import gateway.project.Visibility;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A Maven remote of a project: what comes from where, and what stays. */
class DependencyProxyTest {

    private static final String POM = "/com/my_company/my_package/1.2.3/my_package-1.2.3.pom";
    private static final String METADATA = "/com/my_company/my_package/maven-metadata.xml";
    private static final byte[] OLD = "<project>old</project>".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NEW = "<project>newer</project>".getBytes(StandardCharsets.UTF_8);

    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    Path folder;

    private ProxyRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = ProxyRig.start(folder).project(Visibility.PRIVATE, "maven", upstream);
        upstream.serve("/r" + POM, OLD).type("text/xml");
    }

    @AfterEach
    void stop() {
        rig.close();
        upstream.close();
    }

    private List<String> asked(String path) {
        return upstream.requests("/r" + path).stream()
                .map(FakeUpstream.Request::method)
                .toList();
    }

    private void assertGives(String token, byte[] bytes) throws Exception {
        PipelineAnswer answer = rig.get(token, POM);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.whole()).isTrue();
        assertThat(answer.text()).isEqualTo(new String(bytes, StandardCharsets.UTF_8));
    }

    @Test
    @DisplayName("case 1: a Developer asks for a cold file, which is listed in the registry by that")
    void cold() throws Exception {
        assertGives("developer", OLD);

        PackageFile file = rig.listed(POM);
        assertThat(file.packageName()).isEqualTo("com/my_company/my_package");
        assertThat(file.version()).isEqualTo("1.2.3");
        assertThat(file.fileName()).isEqualTo("my_package-1.2.3.pom");
        assertThat(file.sha1()).isEqualTo(hex("SHA-1", OLD));
        assertThat(file.md5()).isEqualTo(hex("MD5", OLD));
        assertThat(file.sha256()).isEqualTo(hex("SHA-256", OLD));
        assertThat(file.origin()).isEqualTo(PackageFile.Origin.PROXY);
        assertThat(rig.count("stored")).isEqualTo(1);
        assertThat(rig.registry("reporter", POM).text()).isEqualTo(new String(OLD, StandardCharsets.UTF_8));
        assertThat(rig.registry("reporter", POM + ".sha1").text()).isEqualTo(hex("SHA-1", OLD));
        assertThat(asked(POM)).containsExactly("GET");
    }

    @Test
    @DisplayName("case 2: it is asked for again: one HEAD and no GET")
    void warm() throws Exception {
        upstream.serve("/r" + POM, OLD).etag("\"" + hex("MD5", OLD) + "\"");
        assertGives("developer", OLD);
        assertGives("developer", OLD);

        assertThat(asked(POM)).containsExactly("GET", "HEAD");
        assertThat(rig.count("coherent")).isEqualTo(1);
    }

    @Test
    @DisplayName("case 3: the remote is gone: what is held is served")
    void outage() throws Exception {
        assertGives("developer", OLD);
        upstream.stop();

        assertGives("reporter", OLD);
        assertThat(rig.count("upstream_down")).isEqualTo(1);
    }

    @ParameterizedTest
    @DisplayName("case 4: the remote has something newer, which takes the place of the old file at once")
    @ValueSource(strings = {"maintainer", "developer", "deploy_writes"})
    void newer(String token) throws Exception {
        upstream.serve("/r" + POM, OLD).etag(hex("MD5", OLD));
        assertGives("developer", OLD);
        upstream.serve("/r" + POM, NEW).etag(hex("MD5", NEW));

        assertGives(token, NEW);
        assertGives("reporter", NEW);
        assertThat(asked(POM)).containsExactly("GET", "HEAD", "GET", "HEAD");
        assertThat(rig.listed()).hasSize(1);
        assertThat(rig.listed(POM).sha256()).isEqualTo(hex("SHA-256", NEW));
        assertThat(rig.listed(POM).pulled())
                .extracting(PackageFile.Pulled::etag)
                .isEqualTo(hex("MD5", NEW));
        assertThat(rig.count("refreshed")).isEqualTo(1);
        await().untilAsserted(() -> assertThat(rig.blobs()).hasSize(1));
    }

    @Test
    @DisplayName("case 5: the remote has something newer and a Guest asks: the stored file stays as it is")
    void newerForAGuest() throws Exception {
        rig.project(Visibility.PUBLIC, "maven", upstream);
        upstream.serve("/r" + POM, OLD).etag(hex("MD5", OLD));
        assertGives("developer", OLD);
        PackageFile before = rig.listed(POM);
        upstream.serve("/r" + POM, NEW).etag(hex("MD5", NEW));

        assertGives("guest", NEW);
        assertGives("guest", NEW);
        assertThat(rig.listed()).containsExactly(before);
        assertThat(rig.count("not_stored")).isEqualTo(2);
        await().untilAsserted(() -> assertThat(rig.blobs()).hasSize(1));
        upstream.stop();
        assertGives("guest", OLD);
    }

    @Test
    @DisplayName("case 6: the remote gives no ETag: what is held is served although the bytes changed")
    void unverifiable() throws Exception {
        assertGives("developer", OLD);
        upstream.serve("/r" + POM, NEW);

        assertGives("maintainer", OLD);
        assertThat(rig.count("unverifiable")).isEqualTo(1);
    }

    @ParameterizedTest
    @DisplayName("case 7: an ETag that is a digest, in the forms that registries write, counts as coherent")
    @ValueSource(strings = {"%1$s", "\"%1$s\"", "%2$s", "\"%3$s\"", "\"{SHA1{%1$s}}\"", "W/\"%1$s\""})
    void forms(String form) throws Exception {
        assertGives("developer", OLD);
        upstream.serve("/r" + POM, NEW).etag(form.formatted(hex("SHA-1", OLD), hex("MD5", OLD), hex("SHA-256", OLD)));

        assertGives("maintainer", OLD);
        assertThat(asked(POM)).containsExactly("GET", "HEAD");
        assertThat(rig.count("coherent")).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "decision 6: an ETag that means nothing to us confirms by being the same, and refutes by being another")
    void opaque() throws Exception {
        upstream.serve("/r" + POM, OLD).etag("W/\"abc-1\"");
        assertGives("developer", OLD);
        assertGives("maintainer", OLD);
        assertThat(asked(POM)).containsExactly("GET", "HEAD");

        upstream.serve("/r" + POM, NEW).etag("W/\"abc-2\"");
        assertGives("maintainer", NEW);
        assertGives("maintainer", NEW);
        assertThat(asked(POM)).containsExactly("GET", "HEAD", "HEAD", "GET", "HEAD");
    }

    @ParameterizedTest
    @DisplayName("case 8: HEAD is refused: what is held is served")
    @ValueSource(ints = {500, 403, 404})
    void refusedHead(int status) throws Exception {
        assertGives("developer", OLD);
        upstream.status("/r" + POM, status);

        assertGives("maintainer", OLD);
        assertThat(asked(POM)).containsExactly("GET", "HEAD");
    }

    @Test
    @DisplayName("case 8: HEAD is never answered: what is held is served all the same")
    void hangingHead() throws Exception {
        assertGives("developer", OLD);
        upstream.serve("/r" + POM, NEW).stallAfter(-1);

        assertGives("maintainer", OLD);
        assertThat(asked(POM)).containsExactly("GET", "HEAD");
    }

    @Test
    @DisplayName("case 9: digests of a file that is held are told without a question to the remote")
    void digests() throws Exception {
        assertGives("developer", OLD);
        int before = upstream.requests().size();

        PipelineAnswer sha1 = rig.get("reporter", POM + ".sha1");
        PipelineAnswer md5 = rig.get("reporter", POM + ".md5");
        assertThat(sha1.text()).isEqualTo(hex("SHA-1", OLD));
        assertThat(sha1.header("content-type")).startsWith("text/plain");
        assertThat(md5.text()).isEqualTo(hex("MD5", OLD));
        assertThat(upstream.requests()).hasSize(before);
    }

    @Test
    @DisplayName("case 10: the digest of a file that is not held is passed on, and nothing is stored")
    void digestOfNothing() throws Exception {
        upstream.serve("/r" + POM + ".sha1", "0123456789012345678901234567890123456789");

        for (int i = 0; i < 2; i++) {
            PipelineAnswer answer = rig.get("maintainer", POM + ".sha1");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("0123456789012345678901234567890123456789");
        }
        assertThat(upstream.count("/r" + POM + ".sha1")).isEqualTo(2);
        await().until(rig::empty);
    }

    @Test
    @DisplayName("digests of other kinds and signatures are files")
    void otherSidecars() throws Exception {
        for (String suffix : List.of(".sha256", ".sha512", ".asc")) {
            upstream.serve("/r" + POM + suffix, "of " + suffix);
            assertThat(rig.get("developer", POM + suffix).text()).isEqualTo("of " + suffix);
            assertThat(rig.listed(POM + suffix).version()).isEqualTo("1.2.3");
        }
    }

    @ParameterizedTest
    @DisplayName("cases 13, 14, 17 and 19: who may only read gets the file, and nothing of it stays")
    @CsvSource({
        "PUBLIC, guest, false",
        "PUBLIC, stranger, false",
        "INTERNAL, guest, false",
        "PRIVATE, reporter, false",
        "PRIVATE, read_api, false",
        "PRIVATE, deploy_reads, false",
        "PRIVATE, developer, true",
        "PRIVATE, deploy_writes, true",
    })
    void rights(Visibility visibility, String token, boolean kept) throws Exception {
        rig.project(visibility, "maven", upstream);

        assertGives(token, OLD);
        if (kept) {
            assertThat(rig.listed()).hasSize(1);
        } else {
            assertThat(rig.listed()).isEmpty();
            await().until(rig::empty);
            assertGives("developer", OLD);
            assertThat(rig.listed()).hasSize(1);
        }
    }

    @Test
    @DisplayName("case 31: browsers are defused, and nothing of the remote's own headers comes through")
    void headers() throws Exception {
        upstream.serve("/r" + POM, OLD)
                .type("text/html")
                .header("Set-Cookie", "a=b")
                .header("Server", "theirs")
                .header("Cache-Control", "public, max-age=1000")
                .header("X-Checksum-Sha1", hex("SHA-1", OLD));
        for (int i = 0; i < 2; i++) {
            PipelineAnswer answer = rig.get("developer", POM);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("content-disposition")).isEqualTo("attachment");
            assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
            assertThat(answer.header("content-security-policy"))
                    .isEqualTo("sandbox; default-src 'none'; require-trusted-types-for 'script'");
            assertThat(answer.header("content-type")).isEqualTo("text/html");
            assertThat(answer.header("x-checksum-sha1")).isEqualTo(hex("SHA-1", OLD));
            assertThat(answer.header("x-checksum-md5")).isEqualTo(hex("MD5", OLD));
            assertThat(answer.header("cache-control")).isEqualTo("private, no-cache");
            assertThat(answer.headers()).doesNotContainKeys("set-cookie", "server");
        }
    }

    @Test
    @DisplayName("a HEAD for what is not held is a HEAD to the remote, and stores nothing")
    void headOfACold() throws Exception {
        upstream.serve("/r" + POM, OLD).type("text/xml").etag("\"theirs\"").header("X-Checksum-Md5", hex("MD5", OLD));

        PipelineAnswer answer = rig.head("developer", POM);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-length")).isEqualTo(Integer.toString(OLD.length));
        assertThat(answer.header("content-type")).isEqualTo("text/xml");
        assertThat(answer.header("x-checksum-md5")).isEqualTo(hex("MD5", OLD));
        assertThat(answer.headers()).doesNotContainKey("etag");
        assertThat(asked(POM)).containsExactly("HEAD");
        assertThat(rig.empty()).isTrue();
    }

    @Test
    @DisplayName("case 35: metadata of all versions belongs to none, and a new version is seen with the next request")
    void metadata() throws Exception {
        upstream.serve("/r" + METADATA, "<metadata>1</metadata>").etag("\"one\"");
        assertThat(rig.get("developer", METADATA).text()).isEqualTo("<metadata>1</metadata>");
        assertThat(rig.listed(METADATA).packageName()).isEqualTo("com/my_company/my_package");
        assertThat(rig.listed(METADATA).version()).isNull();

        upstream.serve("/r" + METADATA, "<metadata>2</metadata>").etag("\"two\"");
        assertThat(rig.get("developer", METADATA).text()).isEqualTo("<metadata>2</metadata>");
        upstream.stop();
        assertThat(rig.get("developer", METADATA).text()).isEqualTo("<metadata>2</metadata>");
    }

    @Test
    @DisplayName("metadata of a snapshot belongs to the snapshot's version")
    void snapshot() throws Exception {
        String path = "/com/my_company/my_package/1.0-SNAPSHOT/maven-metadata.xml";
        upstream.serve("/r" + path, "<metadata/>");

        assertThat(rig.get("developer", path).status()).isEqualTo(200);
        assertThat(rig.listed(path).packageName()).isEqualTo("com/my_company/my_package");
        assertThat(rig.listed(path).version()).isEqualTo("1.0-SNAPSHOT");
    }

    @Test
    @DisplayName("decision 4: what was published by hand is served without a question, and never replaced")
    void published() throws Exception {
        assertGives("developer", OLD);
        rig.publish("developer", POM, OLD);
        PackageFile published = rig.listed(POM);
        upstream.serve("/r" + POM, NEW).etag(hex("MD5", NEW));

        assertGives("maintainer", OLD);
        assertThat(asked(POM)).containsExactly("GET");
        assertThat(rig.listed()).containsExactly(published);
    }

    @Test
    @DisplayName("a file whose bytes are gone is fetched as if it had never been there")
    void lost() throws Exception {
        assertGives("developer", OLD);
        for (String blob : rig.blobs()) {
            Files.delete(folder.resolve("artifacts").resolve(blob));
        }
        // Small bodies are served from memory for a while; another process knows nothing of them.
        rig.close();
        rig = ProxyRig.start(folder).project(Visibility.PRIVATE, "maven", upstream);
        assertThat(rig.listed()).hasSize(1);
        upstream.serve("/r" + POM, NEW);

        assertGives("reporter", NEW);
        assertThat(rig.listed()).isEmpty();
        assertGives("developer", NEW);
        assertThat(rig.listed()).hasSize(1);
    }

    @Test
    @DisplayName("a range of what is held, and a question whether it changed")
    void conditions() throws Exception {
        assertGives("developer", OLD);
        PipelineAnswer part = rig.get("reporter", POM, "Range: bytes=1-7");
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.text()).isEqualTo("project");

        PipelineAnswer same = rig.get("reporter", POM, "If-None-Match: \"" + hex("SHA-256", OLD) + "\"");
        assertThat(same.status()).isEqualTo(304);
    }
}

package gateway.cache;

import static gateway.cache.ProxyRig.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.project.PackageFile;
import gateway.project.Visibility;
import gateway.support.FakeAnswer;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.web.ProjectServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Remotes of other formats than Maven: documents are kept as everywhere, files are listed in the project's registry. */
class ProxyFormatsTest {

    private static final String BASE = ProjectServer.BASE + "/api/v4/projects/42/dependency_proxy/packages/";
    private static final byte[] FILE = zip();
    private static final byte[] MANIFEST =
            "1767225600\nconanfile.py: d41d8cd98f00b204e9800998ecf8427e\n".getBytes(StandardCharsets.UTF_8);

    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    Path folder;

    private ProxyRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = ProxyRig.start(folder);
    }

    @AfterEach
    void stop() {
        rig.close();
        upstream.close();
    }

    private PipelineAnswer get(String format, String token, String path, String... headers) throws Exception {
        return rig.get(format, token, path, headers);
    }

    private static void assertFile(PipelineAnswer answer) {
        assertFile(answer, FILE);
    }

    private static void assertFile(PipelineAnswer answer, byte[] bytes) {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.whole()).isTrue();
        assertThat(answer.sha256()).isEqualTo(PipelineAnswer.sha256(bytes));
    }

    private static byte[] zip() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("demo.nuspec"));
            zip.write("a package".getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Test
    @DisplayName("npm: the packument leads to the project, the tarball is listed, and both outlive the remote")
    void npm() throws Exception {
        rig.project(Visibility.PRIVATE, "npm", upstream);
        String tarball = "/@scope/demo/-/demo-1.0.0.tgz";
        String integrity =
                "sha512-" + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex("SHA-512", FILE)));
        upstream.serve("/r/@scope%2fdemo", """
                {"_id": "@scope/demo", "name": "@scope/demo", "dist-tags": {"latest": "1.0.0"},
                 "versions": {"1.0.0": {"name": "@scope/demo", "version": "1.0.0",
                   "dist": {"integrity": "%s", "tarball": "%s"}}}}
                """.formatted(integrity, upstream.url("/r" + tarball)))
                .type("application/json");
        upstream.serve("/r" + tarball, FILE).etag("\"1\"");

        PipelineAnswer packument = get("npm", "developer", "/@scope%2fdemo");
        assertThat(packument.status()).isEqualTo(200);
        assertThat(packument.text())
                .contains(BASE + "npm" + tarball)
                .doesNotContain(upstream.url().toString());
        assertThat(packument.header("cache-control")).isEqualTo("private, no-cache");
        assertFile(get("npm", "reporter", tarball));
        assertThat(rig.listed()).isEmpty();

        assertFile(get("npm", "developer", tarball));
        PackageFile file = rig.listed(tarball);
        assertThat(file.format()).isEqualTo("npm");
        assertThat(file.packageName()).isEqualTo("@scope/demo");
        assertThat(file.version()).isEqualTo("1.0.0");
        assertFile(get("npm", "reporter", tarball));
        upstream.stop();
        assertFile(get("npm", "reporter", tarball));
        assertThat(get("npm", "reporter", "/@scope%2fdemo").status()).isEqualTo(200);
    }

    @Test
    @DisplayName("Cargo: clients are told to send their token, and send it bare")
    void cargo() throws Exception {
        rig.project(Visibility.PUBLIC, "cargo", upstream);

        assertThat(get("cargo", "-", "/config.json").status()).isEqualTo(401);
        PipelineAnswer config = get("cargo", "-", "/config.json", "Authorization: reporter");
        assertThat(config.status()).isEqualTo(200);
        assertThat(config.text())
                .isEqualTo("{\"dl\":\"" + BASE + "cargo/crates/{crate}/{version}/download\",\"api\":\"" + BASE
                        + "cargo\",\"auth-required\":true}");
    }

    @Test
    @DisplayName("npm: a tarball that is not what the packument promises reaches nobody")
    void npmMismatch() throws Exception {
        rig.project(Visibility.PRIVATE, "npm", upstream);
        upstream.serve("/r/demo", """
                {"_id": "demo", "name": "demo", "versions": {"1.0.0": {"name": "demo", "version": "1.0.0",
                   "dist": {"shasum": "%s", "tarball": "%s"}}}}
                """.formatted(hex("SHA-1", new byte[1]), upstream.url("/r/demo/-/demo-1.0.0.tgz")));
        upstream.serve("/r/demo/-/demo-1.0.0.tgz", FILE);

        assertThat(get("npm", "developer", "/demo").status()).isEqualTo(200);
        assertThat(get("npm", "developer", "/demo/-/demo-1.0.0.tgz").status()).isEqualTo(502);
        assertThat(rig.listed()).isEmpty();
    }

    @Test
    @DisplayName("npm: the packument was not read before: a tarball that is not what it promises does not stay listed")
    void npmMismatchBehind() throws Exception {
        rig.project(Visibility.PRIVATE, "npm", upstream);
        FakeAnswer packument = upstream.serve(
                        "/r/demo", """
                {"_id": "demo", "name": "demo", "versions": {"1.0.0": {"name": "demo", "version": "1.0.0",
                   "dist": {"shasum": "%s", "tarball": "%s"}}}}
                """.formatted(hex("SHA-1", new byte[1]), upstream.url("/r/demo/-/demo-1.0.0.tgz")))
                .pauseAfter(-1);
        upstream.serve("/r/demo/-/demo-1.0.0.tgz", FILE);

        assertFile(get("npm", "developer", "/demo/-/demo-1.0.0.tgz"));
        assertThat(rig.listed()).hasSize(1);
        packument.release();
        await().untilAsserted(() -> assertThat(rig.listed()).isEmpty());
    }

    @Test
    @DisplayName("PyPI: the page leads to the project, the wheel is listed, and both outlive the remote")
    void pypi() throws Exception {
        rig.project(Visibility.PRIVATE, "pypi", upstream);
        String sha256 = hex("SHA-256", FILE);
        String wheel = "demo-1.0-py3-none-any.whl";
        String page = "application/vnd.pypi.simple.v1+json";
        upstream.serve("/r/simple/demo/", """
                {"meta": {"api-version": "1.1"}, "name": "demo", "versions": ["1.0"],
                 "files": [{"filename": "%s", "url": "%s", "hashes": {"sha256": "%s"}, "size": %d}]}
                """.formatted(
                                wheel, upstream.url("/r/packages/ab/" + wheel), sha256, FILE.length))
                .type(page);
        upstream.serve("/r/packages/ab/" + wheel, FILE).etag("\"1\"");
        String path = "/files/demo/" + sha256.substring(0, 16) + "/" + wheel;

        PipelineAnswer index = get("pypi", "developer", "/simple/demo/", "Accept: " + page);
        assertThat(index.status()).isEqualTo(200);
        assertThat(index.text()).contains(path.substring(1)).doesNotContain("/packages/ab/");
        assertFile(get("pypi", "developer", path));
        PackageFile file = rig.listed(path);
        assertThat(file.packageName()).isEqualTo("demo");
        assertThat(file.version()).isEqualTo("1.0");
        assertThat(file.fileName()).isEqualTo(wheel);
        upstream.stop();
        assertFile(get("pypi", "reporter", path));
        assertThat(get("pypi", "reporter", "/simple/demo/", "Accept: " + page).status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @DisplayName("other formats: a file is listed under its package")
    @CsvSource({
        "generic, /tool/1.2/linux/tool.tar.gz, /tool/1.2/linux/tool.tar.gz, tool, 1.2",
        "generic, /tool.tar.gz, /tool.tar.gz, tool.tar.gz,",
        "cargo, /crates/demo/1.0.0/download, /crates/demo/1.0.0/download, demo, 1.0.0",
        "nuget, /v3/flat/demo/1.0.0/demo.1.0.0.nupkg, /flat/demo/1.0.0/demo.1.0.0.nupkg, demo, 1.0.0",
        "conan, /v2/conans/demo/1.0/_/_/revisions/aa/files/conanmanifest.txt,"
                + " /v2/conans/demo/1.0/_/_/revisions/aa/files/conanmanifest.txt, demo, 1.0",
        "composer, /dist/acme/demo/0123456789012345678901234567890123456789.zip, /zip, acme/demo, 1.0.0",
    })
    void others(String format, String path, String at, String name, String version) throws Exception {
        rig.project(Visibility.PRIVATE, format, upstream);
        byte[] bytes = format.equals("conan") ? MANIFEST : FILE;
        upstream.serve("/r" + at, bytes).etag("\"1\"");
        upstream.serve("/r/config.json", "{\"dl\": \"%s\"}".formatted(upstream.url("/r/crates")));
        upstream.serve("/r/v3/index.json", """
                {"version": "3.0.0", "resources": [{"@id": "%s", "@type": "PackageBaseAddress/3.0.0"}]}
                """.formatted(upstream.url("/r/flat/")));
        upstream.serve("/r/packages.json", "{\"packages\": [], \"metadata-url\": \"/r/p2/%package%.json\"}");
        upstream.serve("/r/p2/acme/demo.json", """
                {"packages": {"acme/demo": [{"name": "acme/demo", "version": "1.0.0", "version_normalized": "1.0.0.0",
                  "dist": {"type": "zip", "url": "%s", "reference": "%s", "shasum": ""}}]}}
                """.formatted(upstream.url("/r/zip"), "0123456789".repeat(4)));

        assertThat(get(format, "reporter", path).status()).isEqualTo(200);
        assertThat(rig.listed()).isEmpty();
        assertFile(get(format, "developer", path), bytes);
        PackageFile file = rig.listed(path);
        assertThat(file.packageName()).isEqualTo(name);
        assertThat(file.version()).isEqualTo(version);
        upstream.stop();
        assertFile(get(format, "reporter", path), bytes);
    }
}

package gateway.hostile;

import gateway.format.Format;
import gateway.format.Formats;
import gateway.settings.Limits;
import gateway.support.FakeUpstream;
import gateway.support.PipelineClient;
import gateway.support.PipelineGateway;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One gateway with every format, and one upstream for them all: the registry of a format is a folder of it. */
final class AllMounts implements AutoCloseable {

    /** A file as clients of the format ask for it. */
    private static final Map<String, String> ARTIFACTS = Map.ofEntries(
            Map.entry("npm", "/@scope/demo/-/demo-1.0.0.tgz"),
            Map.entry("maven", "/org/example/demo/1.0/demo-1.0.jar"),
            Map.entry("pypi", "/files/demo/0123456789abcdef/demo-1.0-py3-none-any.whl"),
            Map.entry("cargo", "/crates/demo/1.0.0/download"),
            Map.entry("go", "/example.com/!demo/@v/v1.0.0.zip"),
            Map.entry("debian", "/pool/main/d/demo/demo_1.0_amd64.deb"),
            Map.entry("composer", "/dist/acme/demo/0123456789abcdef0123456789abcdef01234567.zip"),
            Map.entry("conda", "/conda-forge/noarch/demo-1.0-py_0.conda"),
            Map.entry("gem", "/gems/demo-1.0.gem"),
            Map.entry("hex", "/tarballs/demo-1.0.0.tar"),
            Map.entry("pub", "/api/archives/demo-1.0.0.tar.gz"),
            Map.entry("nuget", "/v3/flat/demo.package/1.0.0/demo.package.1.0.0.nupkg"),
            Map.entry("cran", "/src/contrib/demo_1.0.tar.gz"),
            Map.entry("gradle", "/0123456789abcdef0123456789abcdef"),
            Map.entry("conan", "/v2/conans/demo/1.0/_/_/revisions/0123456789abcdef/files/conanfile.py"));

    private final FakeUpstream upstream = FakeUpstream.start();
    private final PipelineGateway gateway;

    private AllMounts(Path folder, Limits limits) {
        this.gateway = PipelineGateway.in(folder).limits(limits);
    }

    static AllMounts start(Path folder) throws Exception {
        return start(folder, Limits.USUAL);
    }

    static AllMounts start(Path folder, Limits limits) throws Exception {
        AllMounts mounts = new AllMounts(folder, limits);
        for (String format : formats()) {
            if (format.equals("gradle")) {
                mounts.gateway.uploads("/gradle", "gradle", 1_000_000);
            } else {
                mounts.gateway.mount("/" + format, format, mounts.upstream.upstream(format, registry(format)));
            }
        }
        mounts.gateway.start();
        return mounts;
    }

    static List<String> formats() {
        return Formats.all().stream().map(Format::name).toList();
    }

    /** Where the upstream keeps what belongs to a format. */
    static String registry(String format) {
        return "/registry/" + format;
    }

    static String artifact(String format) {
        String path = ARTIFACTS.get(format);
        if (path == null) {
            throw new IllegalStateException("say here what a file of the new format is called: " + format);
        }
        return path;
    }

    FakeUpstream upstream() {
        return upstream;
    }

    PipelineGateway gateway() {
        return gateway;
    }

    /** Sends these bytes, one for each character, and reads until the gateway closes the connection. */
    String converse(String bytes) throws IOException {
        try (PipelineClient client = PipelineClient.connect(gateway.port())) {
            return converse(client, bytes);
        }
    }

    static String converse(PipelineClient client, String bytes) throws IOException {
        var answer = new ByteArrayOutputStream();
        try {
            client.bytes(bytes.getBytes(StandardCharsets.ISO_8859_1));
            client.readTo(answer);
        } catch (IOException reset) {
            // It closes while we still send, or without having read all: what came before counts.
        }
        return answer.toString(StandardCharsets.ISO_8859_1);
    }

    /** The status of a request with this target, as it is written here; 0 without an answer. */
    int status(String method, String target, String... headers) throws IOException {
        String lines = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        return status(converse(
                method + " " + target + " HTTP/1.1\r\nHost: gateway.test\r\nConnection: close\r\n" + lines + "\r\n"));
    }

    /** Of the first answer; 0 without one. */
    static int status(String answer) {
        return answer.startsWith("HTTP/1.") ? Integer.parseInt(answer.substring(9, 12)) : 0;
    }

    @Override
    public void close() {
        gateway.close();
        upstream.close();
    }
}

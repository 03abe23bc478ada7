package gateway.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.stream.IntStream;

/** Packuments for tests. */
final class NpmSamples {

    static final NpmPackage SCOPED = new NpmPackage("@scope/name");
    static final NpmPackage BIG = new NpmPackage("big");
    static final LinkReader.Source SOURCE =
            new LinkReader.Source(URI.create("https://upstream.test/@scope%2fname"), "application/json");

    /** As long as the upstream's URL, so that a rewritten document is as long as the original. */
    static final URI BASE = URI.create("https://our-gate.test");

    /** Every trap at once: loose white space, escaped slashes, look-alikes of a tarball where there is none. */
    static final String TRAPS = """
            {"_id":"@scope/name", "_rev" : "12-abc",
             "name" : "@scope/name",
             "dist-tags": {"latest":"1.1.0" ,"next" : "2.0.0-beta.1"},
             "readme":"see \\"versions\\":{\\"1.0.0\\":{\\"dist\\":{\\"tarball\\":\\"https://upstream.test/@scope/name/-/name-1.0.0.tgz\\"}}} \\u00e9 \u00fc\ud83d\ude00",
             "dist":{"tarball":"https://upstream.test/@scope/name/-/name-1.0.0.tgz"},
             "versions":{
              "1.0.0":{"name":"@scope/name","version":"1.0.0","_id":"@scope/name@1.0.0",
               "dependencies":{"dist":"1.0.0","tarball":"https://upstream.test/@scope/name/-/name-1.0.0.tgz"},
               "scripts":{"tarball":"echo https://upstream.test/a.tgz","test":"true"},
               "dist":{"shasum":"0123456789abcdef0123456789abcdef01234567",
                "tarball":"https:\\/\\/upstream.test\\/@scope\\/name\\/-\\/name-1.0.0.tgz"}},
              "1.1.0" : { "scripts":{"postinstall":"node build.js"},"name":"@scope/name","version":"1.1.0",
               "config":{"dist":{"tarball":"https://upstream.test/@scope/name/-/name-1.1.0.tgz"}},
               "bundleDependencies":false, "deprecated":"use 2", "_npmUser":{"name":"me","trustedPublisher":{"id":"ci"}},
               "dist" :
                { "integrity":"sha1-ASNFZ4mrze8BI0VniavN7wEjRWc= sha512-AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ==",
                "shasum":"0123456789abcdef0123456789abcdef01234567",
                "tarball" : "https://upstream.test/@scope%2fname/-/name-1.1.0.tgz",
                "inner":{"tarball":"https://upstream.test/inner.tgz","url":"https://upstream.test/-/npm/v1/attestations/x"},
                "attestations":{"url":"https://upstream.test/-/npm/v1/attestations/@scope%2fname@1.1.0","provenance":{"url":"https://upstream.test/-/npm/v1/attestations/p"}},
                "signatures":[{"keyid":"SHA256:abc","sig":"MEU=","tarball":"https://upstream.test/s.tgz"}]}},
              "2.0.0-beta.1":{"hasInstallScript":false,"scripts":{"install":"x"},"readme":"long","version":"2.0.0-beta.1",
               "peerDependenciesMeta":{"x":{"optional":true}},"libc":["glibc"],"funding":[],"_hasShrinkwrap":false,
               "d\\u0069st":{"t\\u0061rball":"https://upstream.test/files?id=7"}},
              "3.0.0":{"version":"3.0.0","dist":{"tarball":null}},
              "4.0.0":{"version":"4.0.0","dist":"none","scripts":["install"]},
              "5.0.0":null
             },
             "time":{"created":"2020-01-01T00:00:00.000Z","modified":"2024-05-06T07:08:09.123Z",
              "1.0.0":"2020-01-01T00:00:00.000Z","1.1.0":"2021-02-03T04:05:06.789012+00:00","2.0.0-beta.1":"yesterday"},
             "maintainers":[{"name":"me"}], "versionsX":{"1.0.0":{"dist":{"tarball":"https://upstream.test/x.tgz"}}}}
            """;

    private NpmSamples() {}

    static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    /** A packument of some 15 MiB, made while it is read; one README in it is as large as 2 MiB. */
    static InputStream big() {
        return new InputStream() {
            private int next = -1;
            private InputStream part = InputStream.nullInputStream();

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                int count = part.read(bytes, from, length);
                while (count < 0 && next <= 3000) {
                    part = stream(part(next++));
                    count = part.read(bytes, from, length);
                }
                return count;
            }
        };
    }

    private static String part(int number) {
        return switch (number) {
            case -1 ->
                "{\"_id\":\"big\",\"name\":\"big\",\"dist-tags\":{\"latest\":\"1.2999.0\"},\"readme\":\""
                        + "many \\\"words\\\"\\n".repeat(100_000) + "\",\"versions\":{";
            case 3000 -> "},\"time\":{\"modified\":\"2024-05-06T07:08:09.123Z\"}}\n";
            default -> (number == 0 ? "" : ", ") + "\"1." + number + ".0\": " + version(number);
        };
    }

    private static String version(int number) {
        String dependencies = String.join(
                ", ",
                IntStream.range(0, 80)
                        .mapToObj(i -> "\"dependency-" + i + "\": \"^1." + (number + i) + ".0\"")
                        .toList());
        return """
            {"name": "big", "version": "1.%1$d.0", "description": "one of many", "scripts": {"test": "run \\"all\\"", \
            "install": "make"}, "dependencies": {%2$s}, "keywords": ["a", "b"], "gitHead": "%1$040x", \
            "_nodeVersion": "20.0.0", "engines": {"node": ">=10"}, "maintainers": [{"name": "m", "email": "m@x.test"}], \
            "dist": {"shasum": "%1$040x", "tarball": "https://upstream.test/big/-/big-1.%1$d.0.tgz", \
            "fileCount": %1$d, "unpackedSize": 1e6}, "files": [%3$s]}""".formatted(number, dependencies, "\"lib/some-file.js\", ".repeat(80) + "\"index.js\"");
    }

    /** Reads all of it, for comparing. */
    static String read(InputStream in) throws IOException {
        return new String(in.readAllBytes(), UTF_8);
    }
}

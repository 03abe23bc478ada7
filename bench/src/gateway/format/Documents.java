package gateway.format;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;

/** Indexes of about a given size, as upstreams send them, and what the pipeline does with them. */
public enum Documents {
    NPM("npm", "/large", "application/json", "application/json") {
        @Override
        void write(StringBuilder out, int length) {
            out.append("{\"_id\":\"large\",\"name\":\"large\",\"dist-tags\":{\"latest\":\"1.0.0\"},\"versions\":{");
            for (int i = 0; out.length() < length; i++) {
                String version = i / 100 + "." + i % 100 + ".0";
                out.append(i == 0 ? "" : ",").append("""
                        "%1$s":{"name":"large","version":"%1$s","description":"A package with a long history",\
                        "main":"index.js","license":"MIT","scripts":{"test":"node test.js","build":"tsc -p ."},\
                        "dependencies":{"dependency-%2$d":"^%2$d.0.0"},"devDependencies":{"tool-%2$d":"~1.%2$d.0"},\
                        "engines":{"node":">=18"},"_npmUser":{"name":"somebody","email":"somebody@git.example"},\
                        "dist":{"tarball":"https://registry.example/large/-/large-%1$s.tgz","fileCount":%2$d,\
                        "shasum":"%3$s","integrity":"sha512-%3$s%3$s"}}""".formatted(version, i, hex(20)));
            }
            out.append("},\"time\":{\"modified\":\"2026-01-01T00:00:00.000Z\"}}");
        }
    },
    NPM_ABBREVIATED("npm", "/large", "application/vnd.npm.install-v1+json", "application/json") {
        @Override
        void write(StringBuilder out, int length) {
            NPM.write(out, length);
        }
    },
    PYPI("pypi", "/simple/large/", "application/vnd.pypi.simple.v1+json", "application/vnd.pypi.simple.v1+json") {
        @Override
        void write(StringBuilder out, int length) {
            out.append("{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"large\",\"files\":[");
            for (int i = 0; out.length() < length; i++) {
                out.append(i == 0 ? "" : ",").append("""
                        {"filename":"large-1.%1$d-py3-none-any.whl","url":"https://files.example/packages/%2$s/\
                        large-1.%1$d-py3-none-any.whl","hashes":{"sha256":"%3$s"},"requires-python":">=3.9",\
                        "size":1%1$d000,"upload-time":"2026-01-01T00:00:00.000000Z","yanked":false}""".formatted(
                                i, hex(8), hex(32)));
            }
            out.append("]}");
        }
    },
    CONDA("conda", "/channel/noarch/repodata.json", "*/*", "application/json") {
        @Override
        void write(StringBuilder out, int length) {
            out.append("{\"info\":{\"subdir\":\"noarch\"},\"packages\":{},\"packages.conda\":{");
            for (int i = 0; out.length() < length; i++) {
                out.append(i == 0 ? "" : ",").append("""
                        "part-1.%1$d-py_0.conda":{"build":"py_0","build_number":0,"depends":["python >=3.9","other"],\
                        "license":"MIT","md5":"%2$s","name":"part","sha256":"%3$s","size":%1$d,"subdir":"noarch",\
                        "timestamp":1700000000000,"version":"1.%1$d"}""".formatted(i, hex(16), hex(32)));
            }
            out.append("},\"repodata_version\":1}");
        }
    };

    private static final Random RANDOM = new Random(1);

    private final Index index;
    private final LinkReader.Source source;

    Documents(String format, String path, String accept, String contentType) {
        Ask ask = new Ask("GET", path, "", Accept.parse(accept));
        this.index = (Index) Formats.named(format).orElseThrow().resolve(ask).orElseThrow();
        this.source = new LinkReader.Source(URI.create("https://registry.example" + path), contentType);
    }

    abstract void write(StringBuilder out, int length);

    /** Made anew in each call, of single-byte characters only. */
    byte[] bytes(int length) {
        StringBuilder out = new StringBuilder(length + 1000);
        write(out, length);
        return out.toString().getBytes(StandardCharsets.US_ASCII);
    }

    void rewrite(byte[] document, OutputStream out) throws IOException {
        Rendering rendering = index.rendering();
        if (rendering == null) {
            throw new IllegalStateException(index.path() + " is served as it is");
        }
        rendering
                .renderer()
                .render(new ByteArrayInputStream(document), source, URI.create("http://localhost:8080/mount"), out);
    }

    /** The number of links. */
    int links(byte[] document) throws IOException {
        LinkReader reader = index.links();
        if (reader == null) {
            throw new IllegalStateException(index.path() + " lists nothing");
        }
        int[] count = new int[1];
        reader.read(new ByteArrayInputStream(document), source, link -> count[0]++);
        return count[0];
    }

    private static String hex(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random).toLowerCase(Locale.ROOT);
    }
}

package gateway.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** Documents of channels, made as an indexer makes them. */
public final class CondaSamples {

    static final URI BASE = URI.create("http://127.0.0.1:8080/conda");
    static final String FOLDER = "/conda-forge/noarch/";
    static final LinkReader.Source SOURCE =
            new LinkReader.Source(URI.create("https://upstream.test/conda-forge/noarch/repodata.json"), "");

    private CondaSamples() {}

    static byte[] pack(CondaPacking packing, byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = packing.pack(bytes)) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }

    /** As MessagePack, packed. */
    public static byte[] zst(Object document) {
        try {
            return pack(CondaPacking.ZST, pack(document));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] unpack(CondaPacking packing, byte[] packed) throws IOException {
        return packing.unpack(new ByteArrayInputStream(packed)).readAllBytes();
    }

    static List<Link> read(LinkReader reader, byte[] document) throws IOException {
        List<Link> links = new ArrayList<>();
        reader.read(new ByteArrayInputStream(document), SOURCE, links::add);
        return links;
    }

    static byte[] render(Rendering rendering, byte[] document) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        rendering.renderer().render(new ByteArrayInputStream(document), SOURCE, BASE, out);
        return out.toByteArray();
    }

    /** As MessagePack, of maps, texts, bytes, whole numbers and truths. */
    static byte[] pack(Object value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        switch (value) {
            case Map<?, ?> map -> {
                head(out, 0xde, 2, map.size());
                map.forEach((key, member) -> {
                    out.writeBytes(pack(key));
                    out.writeBytes(pack(member));
                });
            }
            case List<?> list -> {
                head(out, 0xdc, 2, list.size());
                list.forEach(member -> out.writeBytes(pack(member)));
            }
            case String text -> {
                head(out, 0xd9, 1, text.getBytes(UTF_8).length);
                out.writeBytes(text.getBytes(UTF_8));
            }
            case byte[] bytes -> {
                head(out, 0xc4, 1, bytes.length);
                out.writeBytes(bytes);
            }
            case Long number -> head(out, 0xcf, 8, number);
            case Boolean truth -> out.write(truth ? 0xc3 : 0xc2);
            default -> throw new IllegalArgumentException(value.toString());
        }
        return out.toByteArray();
    }

    private static void head(ByteArrayOutputStream out, int type, int bytes, long number) {
        out.write(type);
        for (int i = bytes - 1; i >= 0; i--) {
            out.write((int) (number >>> (8 * i)) & 0xff);
        }
    }

    /** The parts one after another, each made when it is read. */
    static InputStream generated(int count, IntFunction<String> part) {
        return new InputStream() {
            private int next;
            private InputStream current = InputStream.nullInputStream();

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0];
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int read = current.read(target, offset, length);
                if (read < 0 && next < count) {
                    current = new ByteArrayInputStream(part.apply(next++).getBytes(UTF_8));
                    read = current.read(target, offset, length);
                }
                return read;
            }
        };
    }
}

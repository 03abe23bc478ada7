package gateway.format;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one document that lists a folder of a channel, hundreds of megabytes of it, in any packing.
 *
 * @param folder below the mount, with slashes at both ends
 */
record CondaRepodata(String folder, CondaPacking packing) implements LinkReader {

    /** So much of the unpacked document is looked at to see whether it has to be rewritten at all. */
    private static final int HEAD = 64 << 10;

    /** Of the packed document, which may come in blocks of almost a megabyte. */
    private static final int PACKED_HEAD = 4 << 20;

    /** Older records count seconds. */
    private static final long FIRST_MILLISECONDS = 100_000_000_000L;

    /** Fields of one record. */
    private static final class Fields {
        private @Nullable String sha256;
        private @Nullable String md5;
        private long size = -1;
        private long built = -1;
        private long indexed = -1;
    }

    private static final class Seen extends IOException {
        private static final long serialVersionUID = 1;
    }

    @Override
    public void read(InputStream document, Source source, Consumer<Link> links) throws IOException {
        JsonSplice json = JsonSplice.reader(packing.unpack(document));
        json.document(key -> {
            switch (key) {
                case "info" ->
                    base(json, said -> {
                        CondaBase.link(folder, folder, said, source.url()).ifPresent(links);
                        return said;
                    });
                case "packages", "packages.conda" ->
                    json.object(file -> record(json, file).ifPresent(links));
                case "v3" ->
                    json.object(kind ->
                            json.object(name -> record(json, name + "." + kind).ifPresent(links)));
                default -> json.drop();
            }
        });
    }

    Rendering rendering() {
        return new Rendering(
                packing.name().toLowerCase(Locale.ROOT),
                packing.contentType(),
                (document, source, base, out) -> render(document, base, out));
    }

    /** A document that leads nowhere else is not packed anew, but copied as it is. */
    private void render(InputStream document, URI base, OutputStream out) throws IOException {
        if (packing == CondaPacking.PLAIN) {
            splice(document, base, out);
            return;
        }
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        if (staysHere(new Copying(document, read))) {
            read.writeTo(out);
            document.transferTo(out);
            return;
        }
        InputStream whole = new java.io.SequenceInputStream(new ByteArrayInputStream(read.toByteArray()), document);
        OutputStream packed = packing.pack(new Unclosed(out));
        splice(packing.unpack(whole), base, packed);
        packed.close();
    }

    private void splice(InputStream document, URI base, OutputStream out) throws IOException {
        JsonSplice json = new JsonSplice(document, out);
        json.document(key -> {
            if (key.equals("info")) {
                base(json, said -> CondaBase.leaves(folder, folder, said) ? base + Origin.encode(folder) : said);
            }
        });
    }

    /** Whether the beginning shows that there is nothing to rewrite. */
    private boolean staysHere(InputStream document) throws IOException {
        byte[] head = packing.unpack(document).readNBytes(HEAD);
        boolean[] leaves = new boolean[1];
        try {
            JsonSplice json = JsonSplice.reader(new ByteArrayInputStream(head));
            json.document(key -> {
                if (key.equals("info")) {
                    base(json, said -> {
                        leaves[0] = CondaBase.leaves(folder, folder, said);
                        return said;
                    });
                    throw new Seen();
                }
            });
            return true;
        } catch (Seen e) {
            return !leaves[0];
        } catch (IOException e) {
            // The head ends in the middle of something.
            return false;
        }
    }

    private static void base(JsonSplice json, java.util.function.UnaryOperator<String> editor) throws IOException {
        json.object(field -> {
            if (field.equals("base_url")) {
                json.edit(editor);
            }
        });
    }

    private Optional<Link> record(JsonSplice json, String file) throws IOException {
        Fields fields = new Fields();
        json.object(field -> {
            switch (field) {
                case "sha256" -> json.read(text -> fields.sha256 = text);
                case "md5" -> json.read(text -> fields.md5 = text);
                case "size" -> fields.size = number(json);
                case "timestamp" -> fields.built = number(json);
                case "indexed_timestamp" -> fields.indexed = number(json);
                default -> json.drop();
            }
        });
        Checksum.Known checksum = Optional.ofNullable(fields.sha256)
                .flatMap(hex -> Checksum.Known.ofHex(Algorithm.SHA256, hex))
                .or(() -> Optional.ofNullable(fields.md5).flatMap(hex -> Checksum.Known.ofHex(Algorithm.MD5, hex)))
                .orElse(null);
        return file.contains("/") || checksum == null
                ? Optional.empty()
                : Optional.of(new Link(
                        folder + file,
                        null,
                        checksum,
                        null,
                        fields.size,
                        time(fields.indexed >= 0 ? fields.indexed : fields.built)));
    }

    static @Nullable Instant time(long said) {
        return said < 0 ? null : said < FIRST_MILLISECONDS ? Instant.ofEpochSecond(said) : Instant.ofEpochMilli(said);
    }

    private static long number(JsonSplice json) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream(16);
        json.divert(text, json::keep);
        try {
            return (long) Double.parseDouble(text.toString(StandardCharsets.US_ASCII));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Keeps what is read through it. */
    private static final class Copying extends java.io.FilterInputStream {

        private final ByteArrayOutputStream copy;

        Copying(InputStream in, ByteArrayOutputStream copy) {
            super(in);
            this.copy = copy;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (copy.size() > PACKED_HEAD) {
                throw new IOException("a packed document of which " + PACKED_HEAD + " bytes unpack to almost nothing");
            }
            int count = in.read(target, offset, length);
            if (count > 0) {
                copy.write(target, offset, count);
            }
            return count;
        }
    }

    /** The pipeline closes what it gave. */
    static final class Unclosed extends java.io.FilterOutputStream {

        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}

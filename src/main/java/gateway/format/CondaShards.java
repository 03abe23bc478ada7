package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The index of a folder in shards: for each package name the digest of a small document that lists its files.
 *
 * @param folder of the index, below the mount, with slashes at both ends
 */
record CondaShards(String folder) implements LinkReader {

    private static final HexFormat HEX = HexFormat.of();
    private static final CondaPacking PACKING = CondaPacking.ZST;

    /** How the files of one package are found. */
    static Checksum.Listing listing(Index shards, String folder, String name) {
        return new Checksum.Chained(
                shards,
                key(folder, name),
                link -> Optional.ofNullable(link.checksum()).map(known -> Conda.shard(folder, known.hex())),
                (document, source, links) -> read(folder, document, links));
    }

    /** No path of the mount, since nobody asks for a shard by name. */
    private static String key(String folder, String name) {
        return folder + Conda.SHARDS + name;
    }

    @Override
    public void read(InputStream document, Source source, Consumer<Link> links) throws IOException {
        CondaPack pack = CondaPack.reader(PACKING.unpack(document));
        boolean[] lists = new boolean[1];
        pack.map(key -> {
            switch (key) {
                case "info" ->
                    pack.map(field -> {
                        if (isBase(field)) {
                            CondaBase.link(of(field), folder, pack.text(), source.url())
                                    .ifPresent(links);
                        } else {
                            pack.pass();
                        }
                    });
                case "shards" -> {
                    lists[0] = true;
                    pack.map(name -> digest(pack.bytes())
                            .map(known -> new Link(key(folder, name), null, known, null, -1, null))
                            .ifPresent(links));
                }
                default -> pack.pass();
            }
        });
        if (!lists[0]) {
            throw new IOException("no index of shards: " + source.url());
        }
    }

    Rendering rendering() {
        return new Rendering("zst", PACKING.contentType(), (document, source, base, out) -> {
            OutputStream packed = PACKING.pack(new CondaRepodata.Unclosed(out));
            CondaPack pack = new CondaPack(PACKING.unpack(document), packed);
            pack.map(key -> {
                if (key.equals("info")) {
                    pack.map(field -> {
                        if (isBase(field)) {
                            pack.edit(said -> base + Origin.encode(of(field)));
                        } else {
                            pack.pass();
                        }
                    });
                } else {
                    pack.pass();
                }
            });
            packed.close();
        });
    }

    /** Reads one shard. */
    private static void read(String folder, InputStream document, Consumer<Link> links) throws IOException {
        CondaPack pack = CondaPack.reader(PACKING.unpack(document));
        pack.map(key -> {
            switch (key) {
                case "packages", "packages.conda" ->
                    pack.map(file -> record(pack, folder + file).ifPresent(links));
                case "v3" ->
                    pack.map(kind -> pack.map(
                            name -> record(pack, folder + name + "." + kind).ifPresent(links)));
                default -> pack.pass();
            }
        });
    }

    private static Optional<Link> record(CondaPack pack, String path) throws IOException {
        byte[][] digests = new byte[1][0];
        long[] numbers = {-1, -1, -1};
        List<String> names = List.of("size", "timestamp", "indexed_timestamp");
        pack.map(field -> {
            if (field.equals("sha256")) {
                digests[0] = pack.bytes();
            } else if (names.contains(field)) {
                numbers[names.indexOf(field)] = pack.number();
            } else {
                pack.pass();
            }
        });
        return digest(digests[0])
                .map(known -> new Link(
                        path,
                        null,
                        known,
                        null,
                        numbers[0],
                        CondaRepodata.time(numbers[2] >= 0 ? numbers[2] : numbers[1])));
    }

    private static Optional<Checksum.Known> digest(byte[] bytes) {
        return bytes.length == 32
                ? Optional.of(new Checksum.Known(Algorithm.SHA256, HEX.formatHex(bytes)))
                : Optional.empty();
    }

    private static boolean isBase(String field) {
        return field.equals("base_url") || field.equals("shards_base_url");
    }

    private String of(String base) {
        return base.equals("base_url") ? folder : folder + Conda.SHARDS;
    }
}

package gateway.cache;

import gateway.catalog.CacheKey;
import gateway.catalog.Catalog;
import gateway.catalog.Entry;
import gateway.format.Algorithm;
import gateway.project.PackageFile;
import gateway.project.Packages;
import gateway.storage.BlobStore;
import gateway.storage.Digest;
import gateway.storage.Spool;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The files of projects' package registries, published by hand or pulled through the dependency proxy, whatever their format.
 *
 * <p>A row of the projects' database says that a file is there. It is written last and removed first, so that nothing is
 * listed whose bytes are not in the store. Changes of one path come one after the other.
 */
public final class Shelf {

    /** Bytes that tell of a file, besides the file. */
    private static final long WRAPPING = 64 << 20;

    private static final Set<Algorithm> DIGESTS = Set.of(Algorithm.MD5, Algorithm.SHA1);

    private final Catalog catalog;
    private final BlobStore store;
    private final Clock clock;
    private final Packages packages;
    private final Evictor evictor;
    private final Terms terms;
    private final Intake intake;
    private final Showcase showcase;
    private final Turns<CacheKey> turns = new Turns<>();

    /** @param parts those of which the pipeline was made */
    public Shelf(Parts parts, PullThrough pullThrough, Packages packages, Terms terms) {
        this.catalog = parts.catalog();
        this.store = parts.store();
        this.clock = parts.clock();
        this.packages = packages;
        this.evictor = pullThrough.evictor();
        this.terms = terms;
        this.intake = new Intake(parts, evictor);
        this.showcase = new Showcase(parts, packages, evictor);
    }

    /**
     * What may be published.
     *
     * @param maxSize bytes of one file
     * @param duplicates whether a file that somebody published may be published again, in its place
     */
    public record Terms(long maxSize, boolean duplicates) {

        public static final Terms USUAL = new Terms(5L << 30, true);
    }

    /** When a file may take the place of one that somebody published. */
    public enum Again {
        ALWAYS,
        AS_CONFIGURED,
        NEVER
    }

    /**
     * Where a file belongs.
     *
     * @param name of the package
     * @param version null where the file belongs to no single version
     * @param path below the registry of the format, beginning with a slash
     * @param metadata what documents of the format say of the file, as the format writes it; null for nothing
     */
    public record Item(
            String name,
            @Nullable String version,
            String path,
            String contentType,
            @Nullable String metadata,
            Again again) {

        String fileName() {
            return path.substring(path.lastIndexOf('/') + 1);
        }
    }

    /** Takes what somebody sent apart, on a worker. */
    @FunctionalInterface
    public interface Unwrapper<W> {

        /**
         * @param out what is written here can be kept
         * @throws Failure when the body is not what it should be
         * @throws IOException of the streams
         */
        W unwrap(InputStream in, OutputStream out) throws IOException;
    }

    /** What somebody sent: whole, and in no registry yet. */
    public final class Received {
        private final Spool spool;
        private final Intake.Filled filled;

        private Received(Spool spool, Intake.Filled filled) {
            this.spool = spool;
            this.filled = filled;
        }

        /** Bytes. */
        public long size() {
            return filled.size();
        }

        /** Lower-case hex of SHA-256, SHA-1, MD5 or what else was wanted. */
        public String digest(Algorithm algorithm) {
            return filled.digests().getOrDefault(algorithm, "");
        }

        /** Puts it where the item says. */
        public Mono<PackageFile> keep(ProjectRequest request, Item item) {
            return Shelf.this
                    .keep(request, item, spool, filled)
                    .flatMap(entry -> find(request, entry.key().path()));
        }

        /** Reads it on a worker; the reader's exceptions reach the subscriber as they are. */
        public <T> Mono<T> read(BlobStore.Reader<T> reader) {
            return store.read(spool, reader);
        }
    }

    /** The rows. */
    public Packages packages() {
        return packages;
    }

    /** The newest file at a path; empty when there is none. */
    public Mono<PackageFile> find(ProjectRequest request, String path) {
        return packages.find(request.project().id(), request.format(), path);
    }

    /** Fails with status 409 when the item may not be published, because it was before; to be asked before a body is read. */
    public Mono<Void> vacant(ProjectRequest request, Item item) {
        return find(request, item.path())
                .filter(there -> taken(item, there))
                .flatMap(there -> Mono.<Void>error(duplicate()))
                .then();
    }

    private boolean taken(Item item, PackageFile there) {
        return there.origin() == PackageFile.Origin.PUBLISHED
                && (item.again() == Again.NEVER || (item.again() == Again.AS_CONFIGURED && !terms.duplicates()));
    }

    private static Failure duplicate() {
        return new Failure(409, "the file was published before, and duplicates are not allowed", null, null);
    }

    /**
     * Takes a body and puts it where the judge says, when all of it has come: as a whole, or nothing is left of it.
     *
     * @param body whoever calls owns nothing of it afterwards
     * @param length in bytes as declared, -1 when it is not
     * @param judge fails with a {@link Failure} when the body is not what it should be
     */
    public Mono<PackageFile> put(
            ProjectRequest request, Flux<ByteBuf> body, long length, Function<Received, Mono<Item>> judge) {
        return intake.take(
                        new Intake.Upload(body, length, terms.maxSize(), DIGESTS),
                        (spool, filled) -> judge.apply(new Received(spool, filled))
                                .flatMap(item -> keep(request, item, spool, filled)))
                .flatMap(entry -> find(request, entry.key().path()));
    }

    /**
     * Takes a body that holds the file among other things; nothing is left of it but what is kept.
     *
     * @param length in bytes as declared, -1 when it is not
     * @param digests wanted of the file besides SHA-256, SHA-1 and MD5
     * @param keeper may {@link Received#keep} the file
     */
    public <W, T> Mono<T> unwrap(
            ProjectRequest request,
            long length,
            Set<Algorithm> digests,
            Unwrapper<W> unwrapper,
            BiFunction<W, Received, Mono<T>> keeper) {
        Set<Algorithm> wanted = EnumSet.copyOf(DIGESTS);
        wanted.addAll(digests);
        // What wraps a file may encode it, and tell of it at length.
        long most = terms.maxSize() > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : 2 * terms.maxSize() + WRAPPING;
        return intake.unwrap(
                new Intake.Upload(request.body(), length, most, wanted),
                unwrapper,
                terms.maxSize(),
                inner -> keeper.apply(inner.told(), new Received(inner.spool(), inner.filled())));
    }

    private Mono<Entry> keep(ProjectRequest request, Item item, Spool spool, Intake.Filled filled) {
        PackageFile file = file(request, item, filled);
        Entry entry = entry(file);
        return turns.take(
                entry.key(),
                vacant(request, item)
                        .then(Mono.defer(() -> intake.keep(
                                spool,
                                entry,
                                held(entry.key()),
                                Mono.defer(() -> packages.save(file).then())))));
    }

    private PackageFile file(ProjectRequest request, Item item, Intake.Filled filled) {
        return new PackageFile(
                0,
                0,
                request.project().id(),
                request.format(),
                item.name(),
                item.version(),
                item.path(),
                item.fileName(),
                filled.size(),
                filled.digest().hex(),
                filled.digests().getOrDefault(Algorithm.SHA1, ""),
                filled.digests().getOrDefault(Algorithm.MD5, ""),
                item.contentType(),
                null,
                item.metadata(),
                clock.instant());
    }

    /** The file, for GET or HEAD, with ranges and conditions. */
    public Mono<Reply> show(ProjectRequest request, PackageFile file) {
        return showcase.show(request, file);
    }

    /**
     * The file with what documents of its format say of it: of what was published that is known, and what was pulled is
     * read once.
     *
     * @param reader its exceptions reach the subscriber as they are
     * @return empty when the file's bytes are gone
     */
    public Mono<PackageFile> described(PackageFile file, BlobStore.Reader<String> reader) {
        return file.metadata() != null
                ? Mono.just(file)
                : read(file, reader).flatMap(metadata -> packages.describe(file, metadata));
    }

    /** Reads a file on a worker; empty when its bytes are gone. */
    public <T> Mono<T> read(PackageFile file, BlobStore.Reader<T> reader) {
        return store.read(new Digest(file.sha256()), file.size(), reader);
    }

    /** Forgets the file and frees its bytes, unless somebody has put something at its path meanwhile; completes when there is none. */
    public Mono<Void> delete(PackageFile file) {
        Entry entry = entry(file);
        return turns.take(
                entry.key(),
                packages.remove(file)
                        .then(Mono.defer(() -> packages.find(file.project(), file.format(), file.path())))
                        .hasElement()
                        .flatMap(other -> other ? Mono.empty() : evictor.remove(entry)));
    }

    /** What the catalog has under the key; empty when it has nothing. */
    private Mono<Entry> held(CacheKey key) {
        return Mono.defer(() -> catalog.find(key));
    }

    static CacheKey key(PackageFile file) {
        return CacheKey.of(
                "/api/v4/projects/" + file.project() + "/packages/" + file.format(), "registry", file.path());
    }

    /** The file as the store and the catalog know such things. */
    static Entry entry(PackageFile file) {
        PackageFile.Pulled pulled = file.pulled();
        Entry entry = new Entry(
                key(file),
                file.format(),
                Entry.Kind.ARTIFACT,
                "projects/" + file.project() + "/" + file.format() + file.path(),
                file.sha256(),
                file.size(),
                file.contentType(),
                pulled == null ? null : pulled.etag(),
                pulled == null ? null : pulled.lastModified(),
                "",
                Map.of("sha1", file.sha1(), "md5", file.md5()),
                true,
                file.packageName(),
                file.version(),
                file.createdAt(),
                file.createdAt());
        return pulled == null ? entry.pinnedHere() : entry;
    }

    /** The file of an older row as the entry has it that took its bytes' place. */
    static PackageFile file(PackageFile older, Entry entry) {
        return new PackageFile(
                0,
                0,
                older.project(),
                older.format(),
                older.packageName(),
                older.version(),
                older.path(),
                older.fileName(),
                entry.size(),
                entry.sha256(),
                entry.digests().getOrDefault("sha1", ""),
                entry.digests().getOrDefault("md5", ""),
                entry.contentType(),
                entry.pinned() ? null : new PackageFile.Pulled("", entry.etag(), entry.lastModified()),
                null,
                entry.storedAt());
    }
}

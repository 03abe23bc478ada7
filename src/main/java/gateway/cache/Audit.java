package gateway.cache;

import gateway.catalog.Catalog;
import gateway.catalog.Entry;
import gateway.storage.Digest;
import gateway.storage.Holdings;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Compares the bytes of a stopped store with their names, the manifests with the bytes, and the catalog with both.
 *
 * <p>The manifest is the authority: a row that differs is wrong, and what names bytes that are not there is forgotten, so
 * that the next request fetches it. Only what is wrong is held in memory, and the names of some blobs at a time.
 */
public final class Audit {

    private static final int AT_ONCE = Runtime.getRuntime().availableProcessors();
    /** Blobs that no row names are looked for in all manifests, so many at a time. */
    private static final int CANDIDATES = 100_000;

    private final @Nullable Catalog catalog;
    private final Holdings holdings;
    private final Forgetting forgetting;
    private final boolean repair;
    private final Set<Digest> damaged = ConcurrentHashMap.newKeySet();
    private final LongAdder blobs = new LongAdder();
    private final LongAdder manifests = new LongAdder();
    private final LongAdder rows = new LongAdder();

    /**
     * @param catalog null when there is none
     * @param repair whether what is found is put right at once
     */
    public Audit(@Nullable Catalog catalog, Holdings holdings, boolean repair) {
        this.catalog = catalog;
        this.holdings = holdings;
        this.forgetting = new Forgetting(catalog, holdings);
        this.repair = repair;
    }

    /**
     * Runs once, and emits what it finds, after it is repaired if it is to be.
     *
     * @param step is run after each blob that was hashed
     */
    public Flux<Finding> run(Runnable step) {
        return Flux.concat(leftovers(), bytes(step), checkedManifests(), checkedRows(), names());
    }

    private Flux<Finding> leftovers() {
        return holdings.leftovers().concatMap(path -> found(new Finding.Leftover(path)));
    }

    private Flux<Finding> bytes(Runnable step) {
        return holdings.blobs()
                .flatMap(
                        name -> holdings.hash(name, Duration.ZERO).map(actual -> new Finding.Damaged(name, actual)),
                        AT_ONCE)
                .doOnNext(hashed -> {
                    blobs.increment();
                    step.run();
                })
                .filter(hashed -> !hashed.actual().equals(hashed.digest()))
                .doOnNext(finding -> damaged.add(finding.digest()))
                .concatMap(this::found);
    }

    private Flux<Finding> checkedManifests() {
        return holdings.manifests()
                .doOnNext(manifest -> manifests.increment())
                .flatMapSequential(this::judged, AT_ONCE)
                .concatMap(this::found);
    }

    private Mono<Finding> judged(Holdings.Manifest manifest) {
        Entry entry;
        try {
            entry = Manifests.whole(manifest.json());
        } catch (RuntimeException e) {
            return Mono.just(new Finding.Unreadable(manifest, "it is not the manifest of a stored file"));
        }
        return unbacked(entry)
                .<Finding>map(why -> new Finding.Missing(entry, why))
                .switchIfEmpty(Mono.defer(() -> unrecorded(entry)));
    }

    /** Why an entry cannot be served; empty when it can. */
    private Mono<String> unbacked(Entry entry) {
        Digest digest = new Digest(entry.sha256());
        if (damaged.contains(digest)) {
            return Mono.just("its bytes are damaged");
        }
        return holdings.size(digest)
                .map(size -> size == entry.size() ? "" : "its bytes are " + size + " and not " + entry.size())
                .defaultIfEmpty("its bytes are not in the store")
                .filter(why -> !why.isEmpty());
    }

    private Mono<Finding> unrecorded(Entry entry) {
        return catalog == null
                ? Mono.empty()
                : catalog.find(entry.key())
                        .map(row -> row.sha256().equals(entry.sha256()) && row.size() == entry.size()
                                ? ""
                                : "the catalog names other bytes")
                        .defaultIfEmpty("the catalog has no row of it")
                        .filter(why -> !why.isEmpty())
                        .map(why -> new Finding.Unrecorded(entry, why));
    }

    /** Rows whose manifest was looked at need no second look. */
    private Flux<Finding> checkedRows() {
        return catalog == null
                ? Flux.empty()
                : catalog.all()
                        .doOnNext(row -> rows.increment())
                        .flatMapSequential(
                                row -> manifest(row)
                                        .filter(entry -> entry.key().equals(row.key()))
                                        .hasElement()
                                        .flatMap(judged -> judged ? Mono.empty() : unbacked(row))
                                        .map(why -> new Finding.Missing(row, why)),
                                AT_ONCE)
                        .concatMap(this::found);
    }

    private Mono<Entry> manifest(Entry row) {
        return row.place().isEmpty()
                ? Mono.empty()
                : holdings.manifest(row.place())
                        .flatMap(json ->
                                Mono.fromCallable(() -> Manifests.whole(json)).onErrorComplete());
    }

    private Flux<Finding> names() {
        return holdings.blobs()
                .filter(digest -> !damaged.contains(digest))
                .filterWhen(digest -> catalog == null
                        ? Mono.just(true)
                        : catalog.refersTo(digest.hex()).map(named -> !named))
                .buffer(CANDIDATES)
                .concatMap(this::unnamed)
                .concatMap(this::found);
    }

    private Flux<Finding.Unnamed> unnamed(Iterable<Digest> candidates) {
        Set<Digest> left = new LinkedHashSet<>();
        candidates.forEach(left::add);
        return holdings.manifests()
                .concatMap(manifest -> Mono.fromCallable(() -> Manifests.whole(manifest.json()))
                        .onErrorComplete())
                .doOnNext(entry -> left.remove(new Digest(entry.sha256())))
                .thenMany(Flux.defer(() -> Flux.fromIterable(left)))
                .map(Finding.Unnamed::new);
    }

    private Mono<Finding> found(Finding finding) {
        return repair ? repaired(finding).thenReturn(finding) : Mono.just(finding);
    }

    private Mono<Void> repaired(Finding finding) {
        return switch (finding) {
            case Finding.Damaged bad -> holdings.setAside(bad.digest());
            case Finding.Unreadable bad -> holdings.setAside(bad.manifest());
            case Finding.Missing lost -> forgetting.of(lost.entry());
            case Finding.Unrecorded unknown -> catalog == null ? Mono.empty() : catalog.save(unknown.entry());
            case Finding.Unnamed unnamed -> holdings.delete(unnamed.digest());
            case Finding.Leftover leftover -> holdings.delete(leftover.path());
        };
    }

    /** Blobs that were read so far. */
    public long blobs() {
        return blobs.sum();
    }

    /** Manifests that were read so far. */
    public long manifests() {
        return manifests.sum();
    }

    /** Rows of the catalog that were read so far. */
    public long rows() {
        return rows.sum();
    }
}

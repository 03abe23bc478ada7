package gateway.project;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import gateway.Background;
import gateway.database.Connections;
import gateway.database.Sql;
import io.r2dbc.spi.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The package registries in the projects' database. What is saved or removed is in the file when it is answered; files that
 * were asked for lately are known without asking it.
 */
public final class R2dbcPackages implements Packages {

    /** Times of downloads reach the file so often. */
    private static final Duration FLUSH = Duration.ofSeconds(10);
    /** Bytes, about. */
    private static final long RECENT = 16 << 20;
    /** So long, at most, what was there before may be answered when a writer left in the middle of a commit. */
    private static final Duration REMEMBERED = Duration.ofSeconds(30);

    private final Connections connections;
    private final Clock clock;
    private final Cache<Spot, PackageFile> recent = Caffeine.newBuilder()
            .maximumWeight(RECENT)
            .weigher((Spot spot, PackageFile file) -> weight(file))
            .expireAfterWrite(REMEMBERED)
            .executor(Runnable::run)
            .build();
    /** Counts what happens to files, so that nobody remembers what was read before. */
    private final AtomicLong changes = new AtomicLong();

    private final Map<Long, Instant> downloads = new ConcurrentHashMap<>();
    private final Background background = new Background();

    public R2dbcPackages(Connections connections, Clock clock) {
        this.connections = connections;
        this.clock = clock;
        background.start(
                "note when packages were downloaded",
                Flux.interval(FLUSH).onBackpressureDrop().concatMap(tick -> flush().onErrorComplete(), 1));
    }

    @Override
    public Mono<PackageFile> find(long project, String format, String path) {
        Spot spot = new Spot(project, format, path);
        return Mono.defer(() -> {
            PackageFile known = recent.getIfPresent(spot);
            return known == null ? read(spot, changes.get()) : Mono.just(known);
        });
    }

    /** Where a file is. */
    private record Spot(long project, String format, String path) {

        static Spot of(PackageFile file) {
            return new Spot(file.project(), file.format(), file.path());
        }
    }

    private static int weight(PackageFile file) {
        String metadata = file.metadata();
        return 1000 + 2 * file.path().length() + (metadata == null ? 0 : metadata.length());
    }

    private Mono<PackageFile> read(Spot spot, long before) {
        String sql = PackageRows.FILES + " WHERE f.project = ? AND f.format = ? AND f.path = ?";
        return connections
                .read(connection ->
                        Sql.select(connection, sql, PackageRows::file, spot.project(), spot.format(), spot.path()))
                .singleOrEmpty()
                .doOnNext(file ->
                        recent.asMap().compute(spot, (same, other) -> changes.get() == before ? file : other));
    }

    /** To be called after a file was changed, and before anybody is told. */
    private void forget(PackageFile file) {
        recent.asMap().compute(Spot.of(file), (same, old) -> {
            changes.incrementAndGet();
            return null;
        });
    }

    @Override
    public Mono<PackageFile> save(PackageFile file) {
        return durable(connections.write(connection -> save(connection, file))).doOnNext(this::forget);
    }

    private static Mono<PackageFile> save(Connection connection, PackageFile file) {
        String old = "DELETE FROM package_file WHERE project = ? AND format = ? AND path = ?";
        String insert =
                "SELECT id FROM FINAL TABLE (INSERT INTO package_file (package, project, format, path, file_name,"
                        + " size, sha256, sha1, md5, content_type, origin, remote, etag, last_modified, metadata,"
                        + " created_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))";
        PackageFile.Pulled pulled = file.pulled();
        return owner(connection, file)
                .flatMap(owner -> Sql.update(connection, old, file.project(), file.format(), file.path())
                        .then(Sql.select(
                                        connection,
                                        insert,
                                        row -> Sql.number(row, 0),
                                        owner,
                                        file.project(),
                                        file.format(),
                                        file.path(),
                                        file.fileName(),
                                        file.size(),
                                        file.sha256(),
                                        file.sha1(),
                                        file.md5(),
                                        file.contentType(),
                                        file.origin().name(),
                                        pulled == null ? null : pulled.remote(),
                                        pulled == null ? null : pulled.etag(),
                                        pulled == null ? null : pulled.lastModified(),
                                        file.metadata(),
                                        file.createdAt())
                                .single())
                        .map(id -> file.numbered(id, owner)));
    }

    /** Number of the file's package, which is made when it is new. */
    private static Mono<Long> owner(Connection connection, PackageFile file) {
        String find = "SELECT id FROM package WHERE project = ? AND format = ? AND name = ? AND version = ?";
        String insert = "SELECT id FROM FINAL TABLE (INSERT INTO package (project, format, name, version, status,"
                + " created_at) VALUES (?, ?, ?, ?, 'default', ?))";
        String version = PackageRows.version(file.version());
        return Sql.select(
                        connection,
                        find,
                        row -> Sql.number(row, 0),
                        file.project(),
                        file.format(),
                        file.packageName(),
                        version)
                .singleOrEmpty()
                .switchIfEmpty(Mono.defer(() -> Sql.select(
                                connection,
                                insert,
                                row -> Sql.number(row, 0),
                                file.project(),
                                file.format(),
                                file.packageName(),
                                version,
                                file.createdAt())
                        .single()));
    }

    @Override
    public Mono<Void> remove(PackageFile file) {
        return durable(connections.write(
                        connection -> Sql.update(connection, "DELETE FROM package_file WHERE id = ?", file.id())))
                .doOnNext(gone -> forget(file))
                .then();
    }

    @Override
    public Mono<Void> vacate(PackageFile file) {
        String sql = "DELETE FROM package WHERE id = ? AND NOT EXISTS (SELECT 1 FROM package_file WHERE package = ?)";
        return durable(connections.write(connection -> Sql.update(connection, sql, file.packageId(), file.packageId())))
                .then();
    }

    /** One page of a list. */
    public Mono<PackageQuery.Page> list(PackageQuery query) {
        if (query.projects().isEmpty()) {
            return Mono.just(new PackageQuery.Page(List.of(), 0));
        }
        PackageRows.Where where = PackageRows.where(query);
        String count = "SELECT COUNT(*) FROM package p" + where.sql();
        String page = PackageRows.PACKAGES + where.sql() + PackageRows.order(query);
        long offset = (query.page() - 1L) * query.perPage();
        return connections
                .read(connection -> Sql.select(connection, count, row -> Sql.number(row, 0), where.and())
                        .single()
                        .flatMap(total -> Sql.select(
                                        connection, page, PackageRows::item, where.and(query.perPage(), offset))
                                .collectList()
                                .map(packages -> new PackageQuery.Page(packages, total))))
                .single();
    }

    /** A package by its number; empty when the project has none of that number. */
    public Mono<RegistryPackage> show(long project, long id) {
        String sql = PackageRows.PACKAGES + " WHERE p.project = ? AND p.id = ?";
        return connections
                .read(connection -> Sql.select(connection, sql, PackageRows::item, project, id))
                .singleOrEmpty();
    }

    /** All versions of a package that are not hidden, itself among them, oldest first. */
    public Flux<RegistryPackage> versions(RegistryPackage of) {
        String sql = PackageRows.PACKAGES + " WHERE p.project = ? AND p.format = ? AND p.name = ? AND p.version <> ''"
                + " AND p.status <> '" + RegistryPackage.HIDDEN + "' ORDER BY p.id";
        return connections.read(
                connection -> Sql.select(connection, sql, PackageRows::item, of.project(), of.format(), of.name()));
    }

    /** Its files, oldest first. */
    public Flux<PackageFile> files(RegistryPackage of) {
        String sql = PackageRows.FILES + " WHERE f.package = ? ORDER BY f.id";
        return connections.read(connection -> Sql.select(connection, sql, PackageRows::file, of.id()));
    }

    @Override
    public Flux<PackageFile> files(long project, String format, String name) {
        String sql = PackageRows.FILES + " WHERE p.project = ? AND p.format = ? AND p.name = ? AND p.status <> '"
                + RegistryPackage.HIDDEN + "' ORDER BY f.id";
        return connections.read(connection -> Sql.select(connection, sql, PackageRows::file, project, format, name));
    }

    @Override
    public Flux<String> names(long project, String format) {
        String sql = "SELECT DISTINCT name FROM package WHERE project = ? AND format = ? AND status <> '"
                + RegistryPackage.HIDDEN + "' ORDER BY name";
        return connections.read(connection -> Sql.select(connection, sql, row -> Sql.text(row, 0), project, format));
    }

    @Override
    public Mono<PackageFile> describe(PackageFile file, String metadata) {
        String sql = "UPDATE package_file SET metadata = ? WHERE id = ?";
        return connections
                .write(connection -> Sql.update(connection, sql, metadata, file.id()))
                .doOnNext(done -> forget(file))
                .then(Mono.fromSupplier(() -> file.described(metadata)));
    }

    @Override
    public Mono<Void> tag(long project, String format, String name, String tag, @Nullable String version) {
        String old = "DELETE FROM package_tag WHERE project = ? AND format = ? AND name = ? AND tag = ?";
        String insert = "INSERT INTO package_tag (project, format, name, tag, version) VALUES (?, ?, ?, ?, ?)";
        return durable(connections.write(connection -> Sql.update(connection, old, project, format, name, tag)
                        .flatMap(gone -> version == null
                                ? Mono.just(gone)
                                : Sql.update(connection, insert, project, format, name, tag, version))))
                .then();
    }

    @Override
    public Mono<Map<String, String>> tags(long project, String format, String name) {
        String sql = "SELECT t.tag, t.version FROM package_tag t JOIN package p ON p.project = t.project"
                + " AND p.format = t.format AND p.name = t.name AND p.version = t.version"
                + " WHERE t.project = ? AND t.format = ? AND t.name = ? AND p.status <> '" + RegistryPackage.HIDDEN
                + "'";
        return connections
                .read(connection -> Sql.select(
                        connection, sql, row -> Map.entry(Sql.text(row, 0), Sql.text(row, 1)), project, format, name))
                .collectMap(Map.Entry::getKey, Map.Entry::getValue, TreeMap::new);
    }

    @Override
    public Mono<List<PackageFile>> delete(long packageId) {
        String sql = PackageRows.FILES + " WHERE f.package = ?";
        return durable(connections.write(connection -> Sql.select(connection, sql, PackageRows::file, packageId)
                        .collectList()
                        .flatMap(
                                files -> Sql.update(connection, "DELETE FROM package_file WHERE package = ?", packageId)
                                        .then(Sql.update(connection, "DELETE FROM package WHERE id = ?", packageId))
                                        .thenReturn(files))))
                .doOnNext(files -> files.forEach(this::forget));
    }

    @Override
    public Mono<Void> hide(PackageFile file, boolean hidden) {
        String sql = "UPDATE package SET status = ? WHERE id = ?";
        String status = hidden ? RegistryPackage.HIDDEN : "default";
        return durable(connections.write(connection -> Sql.update(connection, sql, status, file.packageId())))
                .then();
    }

    @Override
    public void downloaded(PackageFile file) {
        downloads.put(file.packageId(), clock.instant());
    }

    /** Writes when packages were downloaded last. */
    public Mono<Void> flush() {
        return Mono.defer(() -> {
            Map<Long, Instant> batch = Map.copyOf(downloads);
            if (batch.isEmpty()) {
                return Mono.empty();
            }
            String sql = "UPDATE package SET last_downloaded_at = ? WHERE id = ?";
            List<Object[]> rows = batch.entrySet().stream()
                    .map(use -> new Object[] {use.getValue(), use.getKey()})
                    .collect(Collectors.toList());
            return connections
                    .write(connection -> Sql.updateAll(connection, sql, rows))
                    .then(Mono.fromRunnable(() -> batch.forEach(downloads::remove)));
        });
    }

    /** Writes what is collected in memory; the connections stay open. */
    public Mono<Void> close() {
        return Mono.fromRunnable(background::close).then(flush()).onErrorComplete();
    }

    private <T> Mono<T> durable(Mono<T> write) {
        return write.flatMap(done -> connections.checkpoint().thenReturn(done));
    }
}

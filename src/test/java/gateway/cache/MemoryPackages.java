package gateway.cache;

import gateway.project.PackageFile;
import gateway.project.Packages;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Rows of package registries in memory. */
final class MemoryPackages implements Packages {

    private final Map<String, PackageFile> files = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();

    private static String key(long project, String format, String path) {
        return project + " " + format + " " + path;
    }

    List<PackageFile> all() {
        return List.copyOf(files.values());
    }

    @Override
    public Mono<PackageFile> find(long project, String format, String path) {
        return Mono.fromSupplier(() -> files.get(key(project, format, path)));
    }

    @Override
    public Mono<PackageFile> save(PackageFile file) {
        return Mono.fromSupplier(() -> {
            PackageFile numbered = with(file, ids.incrementAndGet(), file.origin());
            files.put(key(file.project(), file.format(), file.path()), numbered);
            return numbered;
        });
    }

    @Override
    public Mono<Void> remove(PackageFile file) {
        return Mono.fromRunnable(() -> files.remove(key(file.project(), file.format(), file.path())));
    }

    @Override
    public Flux<PackageFile> files(long project, String format, String name) {
        return Flux.fromStream(() -> files.values().stream()
                .filter(file -> file.project() == project
                        && file.format().equals(format)
                        && file.packageName().equals(name))
                .sorted(Comparator.comparingLong(PackageFile::id)));
    }

    @Override
    public Flux<String> names(long project, String format) {
        return Flux.error(new UnsupportedOperationException());
    }

    @Override
    public Mono<PackageFile> describe(PackageFile file, String metadata) {
        return Mono.error(new UnsupportedOperationException());
    }

    @Override
    public Mono<Void> tag(long project, String format, String name, String tag, @Nullable String version) {
        return Mono.error(new UnsupportedOperationException());
    }

    @Override
    public Mono<Map<String, String>> tags(long project, String format, String name) {
        return Mono.error(new UnsupportedOperationException());
    }

    static PackageFile with(PackageFile file, long id, PackageFile.Origin origin) {
        return new PackageFile(
                id,
                1,
                file.project(),
                file.format(),
                file.packageName(),
                file.version(),
                file.path(),
                file.fileName(),
                file.size(),
                file.sha256(),
                file.sha1(),
                file.md5(),
                file.contentType(),
                origin,
                file.etag(),
                file.lastModified(),
                file.metadata(),
                file.createdAt());
    }
}

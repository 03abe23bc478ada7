package gateway.project;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What the package registries of all projects list. The bytes lie in the store; the rows here name them by digest.
 */
public interface Packages {

    /** The newest file at a path of a project's registry; empty when there is none. */
    Mono<PackageFile> find(long project, String format, String path);

    /** Adds a file, with its package when that is new, in place of an older file at the same path; gives it its numbers. */
    Mono<PackageFile> save(PackageFile file);

    /** Forgets a file; completes when there is none. Its package stays. */
    Mono<Void> remove(PackageFile file);

    /** Forgets the package of a file that was removed, when it was its last. */
    Mono<Void> vacate(PackageFile file);

    /** Forgets a version of a package with all its files, and returns these: their bytes are still there. */
    Mono<List<PackageFile>> delete(long packageId);

    /** All files of all versions of a package that are not hidden, oldest first. */
    Flux<PackageFile> files(long project, String format, String name);

    /** Names of all packages of a format that are not hidden, in order. */
    Flux<String> names(long project, String format);

    /** Notes what was read from a file that was pulled. */
    Mono<PackageFile> describe(PackageFile file, String metadata);

    /**
     * Lets a tag of a package, such as {@code latest}, stand for a version.
     *
     * @param version null to remove the tag
     */
    Mono<Void> tag(long project, String format, String name, String tag, @Nullable String version);

    /** Versions by tag, of versions that are there. */
    Mono<Map<String, String>> tags(long project, String format, String name);

    /** Hides the file's package from lists, or shows it there again. */
    default Mono<Void> hide(PackageFile file, boolean hidden) {
        return Mono.empty();
    }

    /** Notes, in memory at first, that somebody downloaded a file of the package. */
    default void downloaded(PackageFile file) {}
}

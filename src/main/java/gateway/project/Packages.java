package gateway.project;

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

    /** Hides the file's package from lists, or shows it there again. */
    default Mono<Void> hide(PackageFile file, boolean hidden) {
        return Mono.empty();
    }

    /** Notes, in memory at first, that somebody downloaded a file of the package. */
    default void downloaded(PackageFile file) {}
}

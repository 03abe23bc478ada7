package gateway.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Looks at a store's files, one folder a task, so that others who need the threads come in between.
 *
 * @param failure what an error of the file system becomes, as a {@link StorageException}
 */
record Walk(Path root, Scheduler threads, String failure) {

    static final String QUARANTINE = ".quarantine";

    /** Folders at the top that do not belong to the tree of links and manifests. */
    static final Set<String> OWN = Set.of(".blobs", ".staging", QUARANTINE, ".git");

    /** Files below a folder, without those in the store's own folders unless it is one of them. */
    Flux<Path> below(Path top, Predicate<Path> wanted) {
        return look(top, wanted)
                .expandDeep(folder -> Flux.fromIterable(folder.folders()).concatMap(inner -> look(inner, wanted), 1))
                .concatMapIterable(Folder::wanted);
    }

    private record Folder(List<Path> folders, List<Path> wanted) {}

    private Mono<Folder> look(Path folder, Predicate<Path> wanted) {
        return work(() -> {
            try (Stream<Path> paths = Files.list(folder)) {
                List<Path> all = paths.sorted().toList();
                return new Folder(
                        all.stream().filter(this::isFolder).toList(),
                        all.stream().filter(wanted).toList());
            } catch (NoSuchFileException | NotDirectoryException gone) {
                return new Folder(List.of(), List.of());
            }
        });
    }

    private boolean isFolder(Path path) {
        boolean own = root.equals(path.getParent()) && OWN.contains(String.valueOf(path.getFileName()));
        return !own && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    <T> Mono<T> work(Callable<@Nullable T> task) {
        return Mono.<T>fromCallable(task)
                .onErrorMap(IOException.class, error -> new StorageException(failure, error))
                .subscribeOn(threads);
    }
}

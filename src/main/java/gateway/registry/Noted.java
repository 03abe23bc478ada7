package gateway.registry;

import gateway.cache.Shelf;
import gateway.project.PackageFile;
import gateway.storage.BlobStore;
import reactor.core.publisher.Mono;

/** What documents say of a file. */
final class Noted {

    private Noted() {}

    /**
     * As it was noted when the file was published; what was pulled is read once.
     *
     * @return empty when the file's bytes are gone
     */
    static Mono<String> of(Shelf shelf, PackageFile file, BlobStore.Reader<String> reader) {
        String noted = file.metadata();
        return noted != null
                ? Mono.just(noted)
                : shelf.read(file, reader)
                        .flatMap(read -> shelf.packages().describe(file, read).thenReturn(read));
    }
}

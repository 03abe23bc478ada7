package gateway.registry;

import gateway.cache.Failure;
import gateway.cache.ProjectRequest;
import gateway.cache.Shelf;
import gateway.format.WholeZip;
import gateway.project.PackageFile;
import java.io.IOException;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** Bodies that are the file itself, published where the path of the request says. */
final class Uploaded {

    private Uploaded() {}

    static String contentType(ProjectRequest request) {
        String type = request.conditions().forwarded().get("Content-Type");
        return type == null ? "application/octet-stream" : type;
    }

    /** Reads a zip archive to its end; fails with status 400 when it is none, or is not whole. */
    static Mono<Void> whole(Shelf.Received received) {
        return received.read(in -> {
                    WholeZip.ANY.check(in);
                    return true;
                })
                .onErrorMap(IOException.class, Uploaded::unreadable)
                .then();
    }

    /** What somebody sent is not what it is called. */
    static Failure unreadable(Throwable broken) {
        return new Failure(400, "the file cannot be read as what its name says: " + broken.getMessage(), null, null);
    }

    /**
     * Puts the body on the shelf, and does not read it when the item may not be published again (400).
     *
     * @param check fails when the body is not what was promised
     */
    static Mono<PackageFile> put(
            Shelf shelf, ProjectRequest request, Shelf.Item item, Function<Shelf.Received, Mono<Void>> check) {
        return shelf.vacant(request, item)
                .then(Mono.defer(() -> shelf.put(
                        request,
                        request.body(),
                        request.conditions().length(),
                        received -> check.apply(received).thenReturn(item))))
                .onErrorMap(
                        Failure.class,
                        failure -> failure.status() == 409
                                ? new Failure(400, String.valueOf(failure.getMessage()), null, failure)
                                : failure);
    }
}

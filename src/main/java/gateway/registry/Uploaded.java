package gateway.registry;

import gateway.cache.Failure;
import gateway.cache.ProjectRequest;
import gateway.cache.Shelf;
import gateway.project.PackageFile;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** Bodies that are the file itself, published where the path of the request says. */
final class Uploaded {

    private Uploaded() {}

    static String contentType(ProjectRequest request) {
        String type = request.conditions().forwarded().get("Content-Type");
        return type == null ? "application/octet-stream" : type;
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

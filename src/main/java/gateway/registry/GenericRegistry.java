package gateway.registry;

import gateway.cache.Failure;
import gateway.cache.ProjectRequest;
import gateway.cache.ProjectTraffic;
import gateway.cache.Refusals;
import gateway.cache.Reply;
import gateway.cache.Shelf;
import gateway.format.Algorithm;
import gateway.project.PackageFile;
import gateway.project.RegistryPackage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Files of no format: {@code /name/version/file}, and folders below the version when somebody wants them. */
final class GenericRegistry implements ProjectTraffic {

    private static final Set<String> STATES = Set.of("", "default", RegistryPackage.HIDDEN);
    /** Names and versions of packages and what their files are called. */
    private static final Pattern PLAIN = Pattern.compile("(?![~@])[A-Za-z0-9._+~@-]{1,255}(?<![~@])");

    private final Shelf shelf;

    GenericRegistry(Shelf shelf) {
        this.shelf = shelf;
    }

    @Override
    public Mono<Reply> serve(ProjectRequest request) {
        String path = request.ask().path();
        List<String> segments = List.of(path.substring(1).split("/", -1));
        String fault = fault(segments);
        if (fault != null) {
            return Mono.just(Refusals.json(400, Map.of("error", fault)));
        }
        return switch (request.ask().method()) {
            case "GET", "HEAD" ->
                shelf.find(request, path)
                        .flatMap(file -> shelf.show(request, file))
                        .switchIfEmpty(Mono.fromSupplier(Refusals::notFound));
            case "PUT" -> publish(request, segments);
            default -> Mono.just(Refusals.notAllowed("GET, HEAD, PUT"));
        };
    }

    private static @Nullable String fault(List<String> segments) {
        if (segments.size() < 3) {
            return "file_name is missing";
        }
        for (int i = 0; i < segments.size(); i++) {
            if (!PLAIN.matcher(segments.get(i)).matches()) {
                return (i == 0 ? "package_name" : i == 1 ? "package_version" : "file_name") + " is invalid";
            }
        }
        return null;
    }

    private Mono<Reply> publish(ProjectRequest request, List<String> segments) {
        String state = request.ask().parameter("status").orElse("");
        if (!STATES.contains(state)) {
            return Mono.just(Refusals.json(400, Map.of("error", "status does not have a valid value")));
        }
        Shelf.Item item = new Shelf.Item(
                segments.get(0),
                segments.get(1),
                request.ask().path(),
                Uploaded.contentType(request),
                null,
                Shelf.Again.AS_CONFIGURED);
        return Uploaded.put(shelf, request, item, received -> promised(request, received))
                .flatMap(file -> shown(file, state).thenReturn(answer(request, file)));
    }

    private static Mono<Void> promised(ProjectRequest request, Shelf.Received received) {
        String promised = request.conditions().forwarded().get("X-Checksum-Sha256");
        String found = received.digest(Algorithm.SHA256);
        return promised == null || promised.strip().equalsIgnoreCase(found)
                ? Mono.empty()
                : Mono.error(
                        new Failure(400, "X-Checksum-Sha256 is not that of the body, which is " + found, null, null));
    }

    /** Whoever publishes a package may keep it out of lists. */
    private Mono<Void> shown(PackageFile file, String state) {
        return state.isEmpty() ? Mono.empty() : shelf.packages().hide(file, state.equals(RegistryPackage.HIDDEN));
    }

    private static Reply answer(ProjectRequest request, PackageFile file) {
        boolean row =
                request.ask().parameter("select").filter("package_file"::equals).isPresent();
        Reply reply = row ? Refusals.json(201, PackageDocuments.file(file)) : Refusals.of(201, "201 Created");
        return reply.stored();
    }
}

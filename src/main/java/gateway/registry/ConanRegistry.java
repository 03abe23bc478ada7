package gateway.registry;

import gateway.cache.Failure;
import gateway.cache.ProjectRequest;
import gateway.cache.ProjectTraffic;
import gateway.cache.Refusals;
import gateway.cache.Reply;
import gateway.cache.Shelf;
import gateway.format.Algorithm;
import gateway.format.ConanPath;
import gateway.format.ConanPath.What;
import gateway.project.PackageFile;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * Conan 2, which is also Conan 1 with revisions: the files of revisions. A revision is there when its manifest is, which
 * clients send last; the newest is the one whose manifest came last.
 */
final class ConanRegistry implements ProjectTraffic {

    private static final Set<String> PINGS = Set.of("/v1/ping", "/v2/ping");
    private static final String SEARCH = ConanPath.API + "search";
    private static final String MANIFEST = "conanmanifest.txt";
    private static final String INFO = "conaninfo.txt";
    /** More than any file of settings and options has. */
    private static final int LARGEST_INFO = 1 << 18;

    private final Shelf shelf;

    ConanRegistry(Shelf shelf) {
        this.shelf = shelf;
    }

    /** A file with its path taken apart. */
    private record Held(ConanPath at, PackageFile file) {

        boolean is(String name) {
            return at.file().equals(List.of(name));
        }
    }

    @Override
    public Mono<Reply> serve(ProjectRequest request) {
        String path = request.ask().path();
        boolean reads = request.ask().reads();
        if (reads && PINGS.contains(path)) {
            return Mono.just(Reply.empty(200).with("X-Conan-Server-Capabilities", "revisions"));
        }
        if (reads && path.equals(SEARCH)) {
            return search(request);
        }
        ConanPath at = ConanPath.of(path).orElse(null);
        if (at == null) {
            return Mono.just(
                    reads
                            ? Refusals.notFound()
                            : Refusals.bad("this is no path of Conan's revisions; Conan 1 has to enable them"));
        }
        return switch (request.ask().method()) {
            case "GET", "HEAD" -> read(request, at).switchIfEmpty(Mono.fromSupplier(Refusals::notFound));
            case "PUT" -> at.what() == What.FILE ? publish(request, at) : notAllowed();
            case "DELETE" ->
                at.what() == What.REVISION || at.what() == What.PACKAGES ? delete(request, at) : notAllowed();
            default -> notAllowed();
        };
    }

    private static Mono<Reply> notAllowed() {
        return Mono.just(Refusals.notAllowed("GET, HEAD, PUT, DELETE"));
    }

    /** Empty when there is nothing of the kind. */
    private Mono<Reply> read(ProjectRequest request, ConanPath at) {
        return switch (at.what()) {
            case FILE -> shelf.find(request, request.ask().path()).flatMap(file -> shelf.show(request, file));
            case LATEST -> revisions(request, at).next().map(ConanRegistry::json);
            case REVISIONS ->
                revisions(request, at)
                        .collectList()
                        .filter(revisions -> !revisions.isEmpty())
                        .map(revisions -> json(Map.of("revisions", revisions)));
            case FILES ->
                held(request, at.reference())
                        .filter(held -> Objects.equals(held.at().recipe(), at.recipe())
                                && Objects.equals(held.at().id(), at.id())
                                && Objects.equals(held.at().binary(), at.binary()))
                        .map(held -> String.join("/", held.at().file()))
                        .collectList()
                        .filter(files -> !files.isEmpty())
                        .map(ConanRegistry::files);
            case SEARCH -> binaries(request, at);
            case REVISION, PACKAGES -> Mono.empty();
        };
    }

    private static Reply json(Object document) {
        return Reply.held("application/json", JsonMapper.shared().writeValueAsBytes(document));
    }

    private static Reply files(List<String> names) {
        Map<String, Object> files = new LinkedHashMap<>();
        names.forEach(name -> files.put(name, Map.of()));
        return json(Map.of("files", files));
    }

    /** All files of a reference, in the order in which they came. */
    private Flux<Held> held(ProjectRequest request, List<String> reference) {
        return held(request, reference.getFirst())
                .filter(held -> held.at().reference().equals(reference));
    }

    private Flux<Held> held(ProjectRequest request, String name) {
        return shelf.packages()
                .files(request.project().id(), request.format(), name)
                .concatMapIterable(file -> ConanPath.of(file.path())
                        .map(at -> List.of(new Held(at, file)))
                        .orElse(List.of()));
    }

    /** Of the recipe or of one binary, newest first, as documents have them. */
    private Flux<Map<String, String>> revisions(ProjectRequest request, ConanPath at) {
        return held(request, at.reference())
                .filter(held -> held.is(MANIFEST)
                        && Objects.equals(held.at().id(), at.id())
                        && (at.id() == null || Objects.equals(held.at().recipe(), at.recipe())))
                .collectList()
                .flatMapIterable(List::reversed)
                .map(held -> Map.of(
                        "revision",
                        String.valueOf(
                                at.id() == null ? held.at().recipe() : held.at().binary()),
                        "time",
                        held.file().createdAt().truncatedTo(ChronoUnit.MICROS).toString()));
    }

    /** What binaries a revision of a recipe has, and of what settings and options they are made. */
    private Mono<Reply> binaries(ProjectRequest request, ConanPath at) {
        boolean namesOnly = request.ask()
                .parameter("list_only")
                .filter("True"::equalsIgnoreCase)
                .isPresent();
        return held(request, at.reference()).collectList().flatMap(all -> {
            String recipe = at.recipe() == null ? newest(all) : at.recipe();
            if (all.stream().noneMatch(held -> isRecipe(held, recipe))) {
                return Mono.empty();
            }
            Map<String, Held> infos = new LinkedHashMap<>();
            Set<String> whole = new LinkedHashSet<>();
            for (Held held : all) {
                String id = held.at().id();
                if (id != null && Objects.equals(held.at().recipe(), recipe)) {
                    if (held.is(INFO)) {
                        infos.put(id, held);
                    } else if (held.is(MANIFEST)) {
                        whole.add(id);
                    }
                }
            }
            return Flux.fromIterable(whole)
                    .concatMap(id -> described(namesOnly ? null : infos.get(id)).map(info -> Map.entry(id, info)))
                    .collectMap(Map.Entry::getKey, Map.Entry::getValue, LinkedHashMap::new)
                    .map(ConanRegistry::json);
        });
    }

    private static boolean isRecipe(Held held, @Nullable String revision) {
        return held.is(MANIFEST)
                && held.at().id() == null
                && Objects.equals(held.at().recipe(), revision);
    }

    private static @Nullable String newest(List<Held> held) {
        return held.reversed().stream()
                .filter(it -> it.is(MANIFEST) && it.at().id() == null)
                .findFirst()
                .map(it -> it.at().recipe())
                .orElse(null);
    }

    /** The text itself, which clients take apart. It is read from the file when it is first asked for. */
    private Mono<Map<String, String>> described(@Nullable Held info) {
        if (info == null) {
            return Mono.just(Map.of());
        }
        return shelf.described(info.file(), in -> new String(in.readNBytes(LARGEST_INFO), StandardCharsets.UTF_8))
                .map(known -> Map.of("content", Objects.requireNonNull(known.metadata())))
                .defaultIfEmpty(Map.of("content", ""));
    }

    private Mono<Reply> search(ProjectRequest request) {
        boolean exact = request.ask()
                .parameter("ignorecase")
                .filter("False"::equalsIgnoreCase)
                .isPresent();
        ConanSearch search = ConanSearch.of(request.ask().parameter("q").orElse("*"), !exact);
        return shelf.packages()
                .names(request.project().id(), request.format())
                .concatMap(name -> held(request, name)
                        .filter(held -> held.is(MANIFEST) && held.at().id() == null)
                        .map(held -> held.at().reference())
                        .distinct())
                .filter(search::finds)
                .map(ConanSearch::text)
                .collectList()
                .map(results -> json(Map.of("results", results)));
    }

    private Mono<Reply> publish(ProjectRequest request, ConanPath at) {
        Map<String, String> headers = request.conditions().forwarded();
        // Whether we have such bytes already is told to nobody who has not got them.
        if (headers.getOrDefault("X-Checksum-Deploy", "").equalsIgnoreCase("true")) {
            return Mono.just(Refusals.notFound());
        }
        return again(request, at)
                .map(again -> new Shelf.Item(
                        at.name(), at.version(), request.ask().path(), Uploaded.contentType(request), null, again))
                .flatMap(item -> Uploaded.put(
                        shelf, request, item, received -> promised(headers.get("X-Checksum-Sha1"), received)))
                .thenReturn(Reply.empty(201).stored());
    }

    /** An upload that broke off is begun anew: until its manifest has come, a revision is not published. */
    private Mono<Shelf.Again> again(ProjectRequest request, ConanPath at) {
        if (at.file().getFirst().equals("metadata")) {
            return Mono.just(Shelf.Again.ALWAYS);
        }
        String path = request.ask().path();
        String files =
                path.substring(0, path.length() - String.join("/", at.file()).length());
        return shelf.find(request, files + MANIFEST)
                .map(manifest -> Shelf.Again.AS_CONFIGURED)
                .defaultIfEmpty(Shelf.Again.ALWAYS);
    }

    private static Mono<Void> promised(@Nullable String sha1, Shelf.Received received) {
        String found = received.digest(Algorithm.SHA1);
        return sha1 == null || sha1.strip().equalsIgnoreCase(found)
                ? Mono.empty()
                : Mono.error(
                        new Failure(400, "X-Checksum-Sha1 is not that of the body, which is " + found, null, null));
    }

    /** The manifests go first, so that nobody is told of a revision half of which is gone. */
    private Mono<Reply> delete(ProjectRequest request, ConanPath at) {
        String below = request.ask().path() + "/";
        return held(request, at.reference())
                .filter(held -> held.file().path().startsWith(below))
                .sort(Comparator.comparing(held -> !held.is(MANIFEST)))
                .collectList()
                .filter(all -> !all.isEmpty())
                .flatMap(all -> Flux.fromIterable(all)
                        .concatMap(held ->
                                shelf.delete(held.file()).then(shelf.packages().vacate(held.file())))
                        .then(Mono.fromSupplier(() -> Reply.empty(200))))
                .switchIfEmpty(Mono.fromSupplier(Refusals::notFound));
    }
}

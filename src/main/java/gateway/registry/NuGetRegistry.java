package gateway.registry;

import gateway.cache.Failure;
import gateway.cache.ProjectRequest;
import gateway.cache.ProjectTraffic;
import gateway.cache.Refusals;
import gateway.cache.Reply;
import gateway.cache.Shelf;
import gateway.format.NuGetId;
import gateway.format.NuGetListing;
import gateway.format.NuGetSpec;
import gateway.project.PackageFile;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** NuGet: packages are pushed, and found by the documents of version 3 of its protocol. */
final class NuGetRegistry implements ProjectTraffic {

    private static final String JSON = "application/json";
    private static final Pattern METADATA = Pattern.compile("/metadata/(?<id>[^/]+)/(?<document>[^/]+)\\.json");
    private static final Pattern DOWNLOAD =
            Pattern.compile("/download/(?<id>[^/]+)/(?:(?<version>[^/]+)/)?(?<file>[^/]+)");
    private static final Pattern VERSION = Pattern.compile("/(?<id>[^/]+)/(?<version>[^/]+)");
    private static final Pattern SYMBOLS = Pattern.compile("/symbolpackage/?");
    /** As the dependency proxy has what it pulled from the older kind of feed. */
    private static final String OLDER = "/v2/package/";

    private static final int LOOKED_INTO = 4;
    private static final int MOST_FOUND = 1000;

    private final Shelf shelf;

    NuGetRegistry(Shelf shelf) {
        this.shelf = shelf;
    }

    @Override
    public Mono<Reply> serve(ProjectRequest request) {
        String path = request.ask().path();
        return switch (request.ask().method()) {
            case "GET", "HEAD" -> read(request, path).switchIfEmpty(Mono.fromSupplier(Refusals::notFound));
            case "PUT" ->
                path.equals("/")
                        ? push(request, NuGetRegistry::pushed)
                        : SYMBOLS.matcher(path).matches()
                                ? push(request, NuGetRegistry::symbols)
                                : Mono.just(Refusals.notAllowed("GET, HEAD"));
            case "DELETE" -> delete(request, path).switchIfEmpty(Mono.fromSupplier(Refusals::notFound));
            default -> Mono.just(Refusals.notAllowed("GET, HEAD"));
        };
    }

    private Mono<Reply> read(ProjectRequest request, String path) {
        NuGetListing listing = new NuGetListing(request.base());
        if (path.equals("/index.json")) {
            return Mono.fromSupplier(() -> Made.reply(request, JSON, listing.service()));
        }
        if (path.equals("/query")) {
            return search(request, listing);
        }
        Matcher metadata = METADATA.matcher(path);
        if (metadata.matches()) {
            return metadata(request, listing, metadata.group("id"), metadata.group("document"));
        }
        Matcher download = DOWNLOAD.matcher(path);
        if (download.matches()) {
            return download(request, listing, download);
        }
        // As the dependency proxy has it.
        return shelf.find(request, path).flatMap(file -> shelf.show(request, file));
    }

    private Mono<Reply> metadata(ProjectRequest request, NuGetListing listing, String name, String document) {
        NuGetId id = NuGetId.of(name).orElse(null);
        if (id == null) {
            return Mono.empty();
        }
        if (document.equals("index")) {
            return items(request, id).map(items -> Made.reply(request, JSON, listing.registration(items)));
        }
        return Mono.justOrEmpty(id.at(document))
                .flatMap(of -> file(request, of).flatMap(file -> item(of, file)))
                .map(item -> Made.reply(request, JSON, listing.version(item)));
    }

    private Mono<Reply> download(ProjectRequest request, NuGetListing listing, Matcher path) {
        NuGetId id = NuGetId.of(path.group("id")).orElse(null);
        String version = path.group("version");
        if (id == null) {
            return Mono.empty();
        }
        if (version == null) {
            return path.group("file").equals("index.json")
                    ? items(request, id).map(items -> Made.reply(request, JSON, listing.versions(items)))
                    : Mono.empty();
        }
        String file = path.group("file").toLowerCase(Locale.ROOT);
        return Mono.justOrEmpty(id.at(version)).flatMap(of -> {
            if (file.equals(id.id() + ".nuspec")) {
                return file(request, of)
                        .flatMap(this::spec)
                        .flatMap(Mono::justOrEmpty)
                        .map(bytes -> Reply.held("application/xml", bytes));
            }
            return file.endsWith(".nupkg") && file.startsWith(id.id() + ".")
                    ? file(request, of).flatMap(there -> shelf.show(request, there))
                    : Mono.empty();
        });
    }

    private Mono<Reply> search(ProjectRequest request, NuGetListing listing) {
        String words = request.ask().parameter("q").orElse("").strip().toLowerCase(Locale.ROOT);
        boolean unfinished = request.ask()
                .parameter("prerelease")
                .filter(value -> value.equalsIgnoreCase("true"))
                .isPresent();
        int skip = number(request, "skip", 0);
        int take = Math.min(number(request, "take", 20), MOST_FOUND);
        return shelf.packages()
                .names(request.project().id(), request.format())
                .filter(name -> name.contains(words))
                .collectList()
                .flatMap(names -> Flux.fromIterable(names)
                        .skip(skip)
                        .take(take)
                        .flatMapSequential(name -> Mono.justOrEmpty(NuGetId.of(name)), 1)
                        .concatMap(id -> items(request, id))
                        .map(items -> unfinished
                                ? items
                                : items.stream()
                                        .filter(item -> !item.of().unfinished())
                                        .toList())
                        .filter(items -> !items.isEmpty())
                        .collectList()
                        .map(found -> Made.reply(request, JSON, listing.found(names.size(), found))));
    }

    private static int number(ProjectRequest request, String parameter, int otherwise) {
        String sent = request.ask().parameter(parameter).orElse("");
        try {
            return sent.isEmpty() ? otherwise : Math.max(0, Integer.parseInt(sent));
        } catch (NumberFormatException e) {
            throw bad(parameter + " is no number");
        }
    }

    /** All versions of a package, at least one. */
    private Mono<List<NuGetListing.Item>> items(ProjectRequest request, NuGetId id) {
        return packages(request, id)
                .collectList()
                .map(files -> distinct(id, files))
                .flatMapMany(files -> Flux.fromIterable(files.entrySet()))
                .flatMapSequential(file -> item(file.getKey(), file.getValue()), LOOKED_INTO)
                .collectList()
                .filter(items -> !items.isEmpty());
    }

    private static Map<NuGetId.Version, PackageFile> distinct(NuGetId id, List<PackageFile> files) {
        Map<NuGetId.Version, PackageFile> byVersion = new LinkedHashMap<>();
        for (PackageFile file : files) {
            of(id, file).ifPresent(version -> byVersion.merge(version, file, NuGetRegistry::better));
        }
        return byVersion;
    }

    /** What was published goes before what was pulled. */
    private static PackageFile better(PackageFile before, PackageFile next) {
        return before.origin() == PackageFile.Origin.PUBLISHED ? before : next;
    }

    private static Optional<NuGetId.Version> of(NuGetId id, PackageFile file) {
        return id.at(String.valueOf(file.version()));
    }

    private Flux<PackageFile> packages(ProjectRequest request, NuGetId id) {
        return shelf.packages()
                .files(request.project().id(), request.format(), id.id())
                .filter(file ->
                        file.fileName().endsWith(".nupkg") || file.path().startsWith(OLDER));
    }

    private Mono<PackageFile> file(ProjectRequest request, NuGetId.Version of) {
        return packages(request, of.id())
                .filter(file -> of(of.id(), file).filter(of::equals).isPresent())
                .reduce(NuGetRegistry::better);
    }

    /** Empty when the file's bytes are gone. */
    private Mono<NuGetListing.Item> item(NuGetId.Version of, PackageFile file) {
        return shelf.described(file, in -> {
                    try {
                        byte[] nuspec = NuGetSpec.in(in);
                        return nuspec == null
                                ? "{}"
                                : NuGetSpec.of(nuspec).map(NuGetSpec::about).orElse("{}");
                    } catch (IOException e) {
                        // What a remote sent is what its clients get: they say best what is wrong with it.
                        return "{}";
                    }
                })
                .map(known -> new NuGetListing.Item(of, Objects.requireNonNull(known.metadata()), known.createdAt()));
    }

    private Mono<Optional<byte[]>> spec(PackageFile file) {
        return shelf.read(file, in -> Optional.ofNullable(NuGetSpec.in(in)));
    }

    private Mono<Reply> push(ProjectRequest request, Function<NuGetSpec, Shelf.Item> item) {
        Form form = new Form(request, "package", Set.of());
        return shelf.put(request, form.bytes(), -1, received -> {
                    form.fileName();
                    return received.read(in -> Optional.ofNullable(NuGetSpec.in(in)))
                            .onErrorMap(IOException.class, Uploaded::unreadable)
                            .map(nuspec -> item.apply(spec(nuspec.orElse(null))))
                            .delayUntil(any -> Uploaded.whole(received));
                })
                .thenReturn(Refusals.of(201, "201 Created").stored());
    }

    private static NuGetSpec spec(byte @Nullable [] nuspec) {
        if (nuspec == null) {
            throw bad("the package has no .nuspec");
        }
        try {
            return NuGetSpec.of(nuspec)
                    .orElseThrow(() -> bad("the package's .nuspec has no id or version that is one"));
        } catch (IOException e) {
            throw bad("the package's .nuspec cannot be read");
        }
    }

    private static Shelf.Item pushed(NuGetSpec spec) {
        return item(spec, spec.of().path(), spec.about());
    }

    /** Kept for those who debug: they are in no list of versions. */
    private static Shelf.Item symbols(NuGetSpec spec) {
        String file = spec.of().file().replaceFirst("nupkg$", "snupkg");
        return item(spec, "/symbols/" + spec.of().place() + file, "{}");
    }

    private static Shelf.Item item(NuGetSpec spec, String path, String about) {
        return new Shelf.Item(
                spec.of().id().id(), spec.of().number(), path, "application/octet-stream", about, Shelf.Again.NEVER);
    }

    private Mono<Reply> delete(ProjectRequest request, String path) {
        Matcher version = VERSION.matcher(path);
        if (!version.matches()) {
            return Mono.empty();
        }
        return Mono.justOrEmpty(NuGetId.of(version.group("id")).flatMap(id -> id.at(version.group("version"))))
                .flatMap(of -> file(request, of))
                .flatMap(file -> shelf.packages().delete(file.packageId()))
                .flatMap(files -> Flux.fromIterable(files)
                        .concatMap(shelf::delete)
                        .then(Mono.fromSupplier(() -> Reply.empty(204).stored())));
    }

    private static Failure bad(String why) {
        return new Failure(400, why, null, null);
    }
}

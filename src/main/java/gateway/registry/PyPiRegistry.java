package gateway.registry;

import gateway.cache.Failure;
import gateway.cache.ProjectRequest;
import gateway.cache.ProjectTraffic;
import gateway.cache.Refusals;
import gateway.cache.Reply;
import gateway.cache.Shelf;
import gateway.format.Algorithm;
import gateway.format.PyPiDetails;
import gateway.format.PyPiDistribution;
import gateway.format.PyPiProject;
import gateway.project.PackageFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** PyPI: distributions are uploaded one by one, and listed on the page of their project. */
final class PyPiRegistry implements ProjectTraffic {

    private static final Pattern PAGE = Pattern.compile("/simple/(?<name>[^/]+)(?<slash>/?)");
    private static final Pattern FILE = Pattern.compile("/files/(?<sha256>[0-9a-f]{64})/(?<file>[^/]+)");
    private static final String METADATA = ".metadata";
    private static final Set<String> FIELDS =
            Set.of(":action", "name", "version", "requires_python", "sha256_digest", "md5_digest");

    /** Files of one project that are looked into at once. */
    private static final int LOOKED_INTO = 4;

    private final Shelf shelf;

    PyPiRegistry(Shelf shelf) {
        this.shelf = shelf;
    }

    @Override
    public Mono<Reply> serve(ProjectRequest request) {
        String path = request.ask().path();
        return switch (request.ask().method()) {
            case "GET", "HEAD" -> read(request, path).switchIfEmpty(Mono.fromSupplier(Refusals::notFound));
            case "POST" -> path.equals("/") ? publish(request) : Mono.just(Refusals.notAllowed("GET, HEAD"));
            default -> Mono.just(Refusals.notAllowed(path.equals("/") ? "POST" : "GET, HEAD"));
        };
    }

    private Mono<Reply> read(ProjectRequest request, String path) {
        if (path.equals("/simple") || path.equals("/simple/")) {
            String folder = path.endsWith("/") ? "" : "simple/";
            return shelf.packages()
                    .names(request.project().id(), request.format())
                    .collectList()
                    .map(names -> shown(request, PyPiProject.all(request.ask(), names, folder)));
        }
        Matcher page = PAGE.matcher(path);
        if (page.matches()) {
            return page(request, page.group("name"), page.group("slash").isEmpty() ? "../" : "../../");
        }
        Matcher file = FILE.matcher(path);
        if (file.matches()) {
            return file(request, file.group("sha256"), file.group("file"));
        }
        // As the dependency proxy has it.
        return shelf.find(request, path).flatMap(there -> shelf.show(request, there));
    }

    private Mono<Reply> page(ProjectRequest request, String asked, String root) {
        String name = PyPiDistribution.project(asked);
        if (name == null) {
            return Mono.empty();
        }
        if (!name.equals(asked)) {
            return Mono.just(Reply.empty(301).with("Location", request.base() + "/simple/" + name + "/"));
        }
        return files(request, name)
                .collectList()
                .map(PyPiRegistry::distinct)
                .flatMapMany(Flux::fromIterable)
                .flatMapSequential(this::listed, LOOKED_INTO)
                .collectList()
                .filter(files -> !files.isEmpty())
                .map(files -> shown(request, new PyPiProject(name, files).page(request.ask(), root)));
    }

    private static Reply shown(ProjectRequest request, Optional<PyPiProject.Page> page) {
        return page.map(form -> Made.reply(
                                request, form.contentType(), form.text().getBytes(StandardCharsets.UTF_8))
                        .with("Vary", "Accept"))
                .orElseGet(() -> Refusals.of(406, "406 Not Acceptable - pages are HTML, or JSON of the simple API"));
    }

    private Flux<PackageFile> files(ProjectRequest request, String name) {
        return shelf.packages()
                .files(request.project().id(), request.format(), name)
                .filter(file -> PyPiDistribution.isDistribution(file.fileName()));
    }

    /** What was published goes before what was pulled, and the newer before the older. */
    private static List<PackageFile> distinct(List<PackageFile> files) {
        Map<String, PackageFile> byName = new LinkedHashMap<>();
        for (PackageFile file : files) {
            byName.merge(
                    file.fileName(),
                    file,
                    (before, next) -> before.origin() == PackageFile.Origin.PUBLISHED ? before : next);
        }
        return new ArrayList<>(byName.values());
    }

    /** Empty when the file's bytes are gone. */
    private Mono<PyPiProject.File> listed(PackageFile file) {
        return shelf.described(
                        file,
                        in -> PyPiDetails.of(file.fileName(), metadata(file, in))
                                .written())
                .map(known -> new PyPiProject.File(
                        known.fileName(),
                        known.version(),
                        known.sha256(),
                        known.size(),
                        known.createdAt(),
                        PyPiDetails.read(Objects.requireNonNull(known.metadata()))));
    }

    /** Null when it has none, or cannot be read: what a remote sent is what its clients get, who say best what is wrong. */
    private static byte @Nullable [] metadata(PackageFile file, InputStream in) {
        try {
            return PyPiDetails.metadata(file.fileName(), in);
        } catch (IOException e) {
            return null;
        }
    }

    private Mono<Reply> file(ProjectRequest request, String sha256, String file) {
        if (!file.endsWith(METADATA)) {
            return find(request, sha256, file).flatMap(there -> shelf.show(request, there));
        }
        return find(request, sha256, file.substring(0, file.length() - METADATA.length()))
                .filter(there -> there.fileName().endsWith(".whl"))
                .flatMap(there -> shelf.read(there, in -> Optional.ofNullable(metadata(there, in))))
                .flatMap(Mono::justOrEmpty)
                .map(bytes -> Reply.held("application/octet-stream", bytes));
    }

    private Mono<PackageFile> find(ProjectRequest request, String sha256, String file) {
        return Flux.fromIterable(PyPiDistribution.named(file))
                .concatMap(one -> shelf.find(request, one.path())
                        .filter(there -> there.sha256().equals(sha256))
                        .switchIfEmpty(Mono.defer(() -> files(request, one.project())
                                .filter(there -> there.fileName().equals(file)
                                        && there.sha256().equals(sha256))
                                .next())))
                .next();
    }

    private Mono<Reply> publish(ProjectRequest request) {
        Form form = new Form(request, "content", FIELDS);
        return shelf.put(request, form.bytes(), -1, received -> judged(form, received))
                .onErrorMap(Failure.class, PyPiRegistry::duplicate)
                .thenReturn(Refusals.of(201, "201 Created").stored());
    }

    /** In words by which twine and uv know what to skip. */
    private static Failure duplicate(Failure failure) {
        return failure.status() == 409
                ? new Failure(
                        400, "the file already exists, and is never replaced: publish a new version", null, failure)
                : failure;
    }

    private static Mono<Shelf.Item> judged(Form form, Shelf.Received received) {
        return Mono.fromCallable(() -> distribution(form)).flatMap(distribution -> {
            compare(form, "sha256_digest", received.digest(Algorithm.SHA256));
            compare(form, "md5_digest", received.digest(Algorithm.MD5));
            return received.read(in -> Optional.ofNullable(PyPiDetails.metadata(distribution.file(), in)))
                    .onErrorMap(IOException.class, Uploaded::unreadable)
                    .map(metadata -> item(form, distribution, metadata.orElse(null)))
                    .delayUntil(item -> distribution.isWheel() ? Uploaded.whole(received) : Mono.empty());
        });
    }

    private static PyPiDistribution distribution(Form form) {
        String file = form.fileName();
        if (!form.field(":action").orElse("file_upload").equals("file_upload")) {
            throw bad("nothing but :action=file_upload is done here");
        }
        String name = form.field("name").orElseThrow(() -> bad("name is missing"));
        String version = form.field("version").orElseThrow(() -> bad("version is missing"));
        try {
            return PyPiDistribution.of(name, version, file);
        } catch (IllegalArgumentException e) {
            throw bad(String.valueOf(e.getMessage()));
        }
    }

    private static void compare(Form form, String field, String found) {
        form.field(field).map(promised -> promised.toLowerCase(Locale.ROOT)).ifPresent(promised -> {
            if (!promised.equals(found)) {
                throw bad(field + " is not that of the file, which is " + found);
            }
        });
    }

    private static Shelf.Item item(Form form, PyPiDistribution distribution, byte @Nullable [] metadata) {
        if (distribution.isWheel()) {
            whole(distribution, metadata);
        }
        PyPiDetails details = PyPiDetails.of(distribution.file(), metadata)
                .or(PyPiDetails.specifier(form.field("requires_python").orElse(null)));
        return new Shelf.Item(
                distribution.project(),
                distribution.version(),
                distribution.path(),
                "application/octet-stream",
                details.written(),
                Shelf.Again.NEVER);
    }

    /** No client installs a wheel that does not say what it is. */
    private static void whole(PyPiDistribution distribution, byte @Nullable [] metadata) {
        if (metadata == null) {
            throw bad("the wheel has no METADATA in its dist-info folder");
        }
        String name = PyPiDetails.field(metadata, "Name");
        if (name == null || !distribution.project().equals(PyPiDistribution.project(name))) {
            throw bad("the wheel's METADATA is of " + name + ", its file name of " + distribution.project());
        }
    }

    private static Failure bad(String why) {
        return new Failure(400, why, null, null);
    }
}

package gateway.cache;

import gateway.catalog.CacheKey;
import gateway.catalog.Catalog;
import gateway.catalog.Entry;
import gateway.format.Algorithm;
import gateway.project.PackageFile;
import gateway.project.Packages;
import gateway.project.RegistryPackage;
import gateway.storage.Spool;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import reactor.core.publisher.Mono;

/** Puts files into projects' package registries and takes them out again, one change of a path after the other. */
final class Publishing {

    private static final Set<Algorithm> DIGESTS = Set.of(Algorithm.MD5, Algorithm.SHA1);
    private static final Set<String> STATES = Set.of("", "default", RegistryPackage.HIDDEN);
    /** More than any file with a digest in it has. */
    private static final int LONGEST_DIGEST = 4096;

    private final Catalog catalog;
    private final Clock clock;
    private final Evictor evictor;
    private final Packages packages;
    private final ProjectRegistry.Terms terms;
    private final Intake intake;
    private final Turns<CacheKey> turns = new Turns<>();

    Publishing(Parts parts, Evictor evictor, Packages packages, ProjectRegistry.Terms terms) {
        this.catalog = parts.catalog();
        this.clock = parts.clock();
        this.evictor = evictor;
        this.packages = packages;
        this.terms = terms;
        this.intake = new Intake(parts, evictor);
    }

    Mono<Reply> put(ProjectRequest request, RegistryPath path) {
        Algorithm digest = path.digest();
        if (digest != null) {
            return text(request).flatMap(sent -> compared(request, path, digest, sent));
        }
        if (request.format().equals("generic") && !STATES.contains(state(request))) {
            return Mono.just(Refusals.json(400, Map.of("error", "status does not have a valid value")));
        }
        return listed(request, path)
                .filter(file -> refused(request, path, file))
                .map(file -> duplicate())
                .switchIfEmpty(Mono.defer(() -> published(request, path)));
    }

    private Mono<PackageFile> listed(ProjectRequest request, RegistryPath path) {
        return packages.find(request.project().id(), request.format(), path.path());
    }

    private boolean refused(ProjectRequest request, RegistryPath path, PackageFile there) {
        return !terms.duplicates() && there.origin() == PackageFile.Origin.PUBLISHED && !path.changes(request.format());
    }

    private static Reply duplicate() {
        return Refusals.bad("the file was published before, and duplicates are not allowed");
    }

    /** Maven sends digests after each file. That of MD5 says nothing that SHA-1 does not say better. */
    private Mono<Reply> compared(ProjectRequest request, RegistryPath path, Algorithm digest, String sent) {
        if (digest == Algorithm.MD5) {
            return Mono.just(empty(200));
        }
        return listed(request, path)
                .map(file -> file.sha1().equals(sent)
                        ? empty(204)
                        : Refusals.of(409, "409 Conflict - the file that is here has the SHA-1 " + file.sha1()))
                .switchIfEmpty(Mono.fromSupplier(Refusals::notFound));
    }

    private static Reply empty(int status) {
        return new Reply(
                status, Map.of(), status == 204 ? new Body.Empty(-1) : Body.Bytes.of(new byte[0]), Outcome.LOCAL);
    }

    /** The first word of a short body. */
    private static Mono<String> text(ProjectRequest request) {
        return request.body()
                .map(Publishing::bytes)
                .reduce("", (before, more) -> {
                    if (before.length() + more.length() > LONGEST_DIGEST) {
                        throw new Failure(400, "a digest is not as long as that", null, null);
                    }
                    return before + more;
                })
                .map(text -> text.strip().split("\\s", 2)[0].toLowerCase(Locale.ROOT));
    }

    private static String bytes(ByteBuf buffer) {
        try {
            return buffer.toString(StandardCharsets.US_ASCII);
        } finally {
            buffer.release();
        }
    }

    private Mono<Reply> published(ProjectRequest request, RegistryPath path) {
        return intake.take(
                        Intake.Upload.of(request.body(), request.conditions(), terms.maxSize(), DIGESTS),
                        (spool, filled) -> keep(request, path, spool, filled))
                .flatMap(entry -> listed(request, path))
                .flatMap(file -> shown(request, file).thenReturn(answer(request, file)));
    }

    /** Whoever publishes a generic package may keep it out of lists. */
    private Mono<Void> shown(ProjectRequest request, PackageFile file) {
        String state = state(request);
        return state.isEmpty() || !request.format().equals("generic")
                ? Mono.empty()
                : packages.hide(file, state.equals(RegistryPackage.HIDDEN));
    }

    private static String state(ProjectRequest request) {
        return request.ask().parameter("status").orElse("");
    }

    private Mono<Entry> keep(ProjectRequest request, RegistryPath path, Spool spool, Intake.Filled filled) {
        String promised = request.conditions().forwarded().get("X-Checksum-Sha256");
        if (promised != null
                && !promised.strip().equalsIgnoreCase(filled.digest().hex())) {
            return Mono.error(new Failure(
                    400,
                    "X-Checksum-Sha256 is not that of the body, which is "
                            + filled.digest().hex(),
                    null,
                    null));
        }
        PackageFile file = file(request, path, filled);
        Entry entry = ProjectRegistry.entry(file);
        return turns.take(
                entry.key(),
                listed(request, path)
                        .filter(there -> refused(request, path, there))
                        .flatMap(there -> Mono.<Entry>error(new Failure(
                                400, "the file was published before, and duplicates are not allowed", null, null)))
                        .switchIfEmpty(Mono.defer(() -> intake.keep(
                                spool,
                                entry,
                                held(entry.key()),
                                Mono.defer(() -> packages.save(file).then())))));
    }

    /** What the catalog has under the key; empty when it has nothing. */
    Mono<Entry> held(CacheKey key) {
        return Mono.defer(() -> catalog.find(key));
    }

    private static Reply answer(ProjectRequest request, PackageFile file) {
        boolean generic = request.format().equals("generic");
        boolean row =
                request.ask().parameter("select").filter("package_file"::equals).isPresent();
        int status = generic ? 201 : 200;
        Reply reply = generic && row
                ? Refusals.json(status, PackageDocuments.file(file))
                : generic ? Refusals.of(status, "201 Created") : empty(status);
        return reply.stored();
    }

    private PackageFile file(ProjectRequest request, RegistryPath path, Intake.Filled filled) {
        String type = request.conditions().forwarded().get("Content-Type");
        return new PackageFile(
                0,
                0,
                request.project().id(),
                request.format(),
                path.name(),
                path.version(),
                path.path(),
                path.fileName(),
                filled.size(),
                filled.digest().hex(),
                filled.digests().getOrDefault(Algorithm.SHA1, ""),
                filled.digests().getOrDefault(Algorithm.MD5, ""),
                type == null ? "application/octet-stream" : type,
                PackageFile.Origin.PUBLISHED,
                null,
                null,
                clock.instant());
    }

    /** The file of an older row as the entry has it that took its bytes' place. */
    static PackageFile file(PackageFile older, Entry entry) {
        return new PackageFile(
                0,
                0,
                older.project(),
                older.format(),
                older.packageName(),
                older.version(),
                older.path(),
                older.fileName(),
                entry.size(),
                entry.sha256(),
                entry.digests().getOrDefault("sha1", ""),
                entry.digests().getOrDefault("md5", ""),
                entry.contentType(),
                entry.pinned() ? PackageFile.Origin.PUBLISHED : PackageFile.Origin.PROXY,
                entry.etag(),
                entry.lastModified(),
                entry.storedAt());
    }

    /** Row first, then entry and bytes, unless somebody has put something at the path meanwhile. */
    Mono<Void> delete(PackageFile file) {
        Entry entry = ProjectRegistry.entry(file);
        return turns.take(
                entry.key(),
                packages.remove(file)
                        .then(Mono.defer(() -> packages.find(file.project(), file.format(), file.path())))
                        .hasElement()
                        .flatMap(other -> other ? Mono.empty() : evictor.remove(entry)));
    }
}

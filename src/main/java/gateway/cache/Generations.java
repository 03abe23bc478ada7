package gateway.cache;

import com.github.benmanes.caffeine.cache.Caffeine;
import gateway.catalog.CacheKey;
import gateway.catalog.Catalog;
import gateway.catalog.Entry;
import gateway.format.Algorithm;
import gateway.format.Artifact;
import gateway.format.Checksum;
import gateway.format.Generation;
import gateway.format.Index;
import gateway.format.Origin;
import gateway.format.Resource;
import gateway.upstream.Upstreams;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Sets of files that clients verify together.
 *
 * <p>A signed root lists every member with its digest. Were each file cached under its own age, a client would sooner or
 * later get a new root with old members: apt's "Hash Sum mismatch". So only the root has an age. A member is looked up in
 * the root that is being served and kept under its digest, and a new root is promoted, that is, becomes visible, only
 * when the members that clients asked for lately have been fetched and verified against it. Until then the old set is
 * served whole, also while the upstream is half-way through its own change.
 */
final class Generations {

    private static final Logger log = LoggerFactory.getLogger(Generations.class);
    /** Members asked for within this time are fetched before a new root is shown. */
    private static final Duration LATELY = Duration.ofDays(7);
    /** After this time an upstream has finished its own change. */
    private static final Duration SETTLED = Duration.ofDays(1);
    /** Old generations whose members can still be asked for by digest. */
    private static final int KEPT = 3;

    private static final int AT_ONCE = 4;

    private final Cache cache;
    private final Catalog catalog;
    private final Documents documents;
    private final Upstreams upstreams;
    private final Evictor evictor;
    private final Clock clock;
    /** Roots of which it was said that they end, by digest. */
    private final Map<String, Instant> ending =
            Caffeine.newBuilder().maximumSize(1000).<String, Instant>build().asMap();

    private final Map<CacheKey, Deque<Generation>> earlier = Caffeine.newBuilder()
            .maximumSize(1000)
            .<CacheKey, Deque<Generation>>build()
            .asMap();

    Generations(Cache cache, Parts parts, Documents documents, Evictor evictor) {
        this.cache = cache;
        this.catalog = parts.catalog();
        this.clock = parts.clock();
        this.documents = documents;
        this.upstreams = parts.upstreams();
        this.evictor = evictor;
    }

    /**
     * Makes a new root ready to be shown.
     *
     * @return what is to be shown: the new root, or the held one when the upstream stepped back in time
     */
    Mono<Entry> promote(Source source, Index index, @Nullable Entry held, Entry fresh) {
        Generation.Parser parser = parser(index);
        return documents.generation(fresh, parser).flatMap(now -> {
            if (held == null) {
                return companions(source, index, fresh).thenReturn(fresh);
            }
            return documents
                    .generation(held, parser)
                    .flatMap(before -> {
                        if (now.date() != null
                                && before.date() != null
                                && now.date().isBefore(before.date())) {
                            log.info(
                                    "{}{}: kept, the upstream offered an older one", source.repository(), index.path());
                            return Mono.just(held.validated(clock.instant(), null, null));
                        }
                        remember(fresh.key(), before);
                        return companions(source, index, fresh)
                                .then(hot(source, index, held, now))
                                .thenReturn(fresh);
                    })
                    .onErrorResume(LostBytes.class, gone -> Mono.just(fresh));
        });
    }

    /** A file beside the root belongs to it only if the root is still the same after the file was fetched. */
    private Mono<Void> companions(Source source, Index index, Entry root) {
        return Flux.fromIterable(index.companions())
                .concatMap(path -> cache.entry(source, companion(path, root), Directives.NONE))
                .collectList()
                .flatMap(fetched -> fetched.isEmpty()
                        ? Mono.empty()
                        : isStill(source, index, root)
                                .flatMap(same -> same
                                        ? Mono.empty()
                                        : Flux.fromIterable(fetched)
                                                .concatMap(evictor::remove)
                                                .then(Mono.error(movedOn(index)))));
    }

    private static Failure movedOn(Index index) {
        return new Failure.Mismatch(
                Failure.badGateway("the upstream changed " + index.path() + " while what belongs to it was fetched"));
    }

    private Mono<Boolean> isStill(Source source, Index index, Entry root) {
        return cache.planner()
                .where(source, index.path(), index.origin(), null)
                .flatMap(uri -> upstreams.get(Fetch.request(source, index, root, uri)))
                .flatMap(response -> switch (response.status()) {
                    case 304 -> {
                        response.discard();
                        yield Mono.just(true);
                    }
                    case 200 ->
                        response.body()
                                .collect(Algorithm.SHA256::digest, (digest, buffer) -> {
                                    digest.update(buffer.nioBuffer());
                                    buffer.release();
                                })
                                .map(digest -> HexFormat.of()
                                        .formatHex(digest.digest())
                                        .equals(root.sha256()));
                    default -> {
                        response.discard();
                        yield Mono.error(Failure.refused(source, response));
                    }
                });
    }

    private Mono<Void> hot(Source source, Index index, Entry held, Generation now) {
        String folder = folder(index.path());
        String placed = source.folder() + folder(index.place());
        return catalog.below(
                        source.repository(),
                        source.id(),
                        folder,
                        clock.instant().minus(LATELY))
                .filter(entry -> entry.place().startsWith(placed))
                .map(entry -> entry.place().substring(placed.length()))
                .distinct()
                .flatMap(
                        name -> Mono.justOrEmpty(now.members().get(name))
                                .flatMap(member -> cache.entry(source, artifact(index, name, member), Directives.NONE)
                                        .switchIfEmpty(Mono.defer(() -> lacking(index, name, held)))),
                        AT_ONCE)
                .then();
    }

    /**
     * An upstream in the middle of its own change lacks what it lists for a while. One that lacked it for as long as the
     * held root could not be replaced will never have it.
     */
    private Mono<Entry> lacking(Index index, String name, Entry held) {
        if (held.validatedAt().isAfter(clock.instant().minus(SETTLED))) {
            return Mono.error(
                    Failure.badGateway("the upstream does not have " + name + " that " + index.path() + " lists"));
        }
        log.warn("the upstream does not have {} that {} lists", name, index.path());
        return Mono.empty();
    }

    /**
     * Says once what clients will refuse soon, or refuse already, when an upstream did not confirm it. It goes on being
     * served: clients of archives that are not changed any more are told not to mind.
     */
    Mono<Void> unconfirmed(Source source, Index index, Entry held) {
        return documents
                .generation(held, parser(index))
                .flatMap(generation -> Mono.fromRunnable(() -> {
                    Instant end = generation.validUntil();
                    if (end != null
                            && clock.instant().plus(SETTLED).isAfter(end)
                            && ending.putIfAbsent(held.sha256(), end) == null) {
                        log.warn(
                                "{}{}: clients refuse what is held from {} on, and the upstream does not confirm or replace it",
                                source.repository(),
                                index.path(),
                                end);
                    }
                }));
    }

    private void remember(CacheKey root, Generation generation) {
        Deque<Generation> kept = earlier.computeIfAbsent(root, key -> new ArrayDeque<>());
        synchronized (kept) {
            kept.addFirst(generation);
            while (kept.size() > KEPT) {
                kept.removeLast();
            }
        }
    }

    /** What a member is: an artifact with a known digest, or what the format says it is outside any generation. */
    Mono<Resource> resolve(Source source, Resource.Member member, Directives directives) {
        return resolve(member, root -> cache.entry(source, root, directives));
    }

    /** The same by what is held of the roots. */
    Mono<Resource> seen(Source source, Resource.Member member) {
        return resolve(member, root -> cache.seen(source, root));
    }

    private Mono<Resource> resolve(Resource.Member member, Function<Index, Mono<Entry>> roots) {
        return Flux.fromIterable(member.roots())
                .concatMap(root -> roots.apply(root)
                        .flatMap(entry -> documents
                                .generation(entry, parser(root))
                                .map(generation -> select(root, entry, generation, member.select()))))
                // The first root that exists decides, also when it does not list the member.
                .next()
                .flatMap(Mono::justOrEmpty)
                .map(artifact -> (Resource) artifact)
                .switchIfEmpty(Mono.defer(() -> member.otherwise() instanceof Resource.Member next
                        ? resolve(next, roots)
                        : Mono.just(member.otherwise())));
    }

    private Optional<Artifact> select(Index root, Entry entry, Generation generation, Resource.Member.Select select) {
        return switch (select) {
            case Resource.Member.Select.ByName byName ->
                Optional.ofNullable(generation.members().get(byName.path()))
                        .map(member -> artifact(root, byName.path(), member));
            case Resource.Member.Select.ByDigest byDigest ->
                byDigest(root, generation, byDigest.digest())
                        .or(() -> earlier(entry.key()).stream()
                                .flatMap(old -> byDigest(root, old, byDigest.digest()).stream())
                                .findFirst());
            case Resource.Member.Select.Companion companion ->
                root.companions().contains(companion.path())
                        ? Optional.of(companion(companion.path(), entry))
                        : Optional.empty();
        };
    }

    private Deque<Generation> earlier(CacheKey root) {
        Deque<Generation> kept = earlier.get(root);
        if (kept == null) {
            return new ArrayDeque<>();
        }
        synchronized (kept) {
            return new ArrayDeque<>(kept);
        }
    }

    private static Optional<Artifact> byDigest(Index root, Generation generation, Checksum.Known wanted) {
        return generation.members().entrySet().stream()
                .filter(member -> member.getValue().digests().contains(wanted))
                .map(member -> artifact(root, member.getKey(), member.getValue()))
                .findFirst();
    }

    /** One identity for the same bytes, by whatever name or digest they are asked for. */
    private static Artifact artifact(Index root, String name, Generation.Member member) {
        Checksum.Known known = member.strongest();
        String folder = folder(root.path());
        return Resource.artifact(
                        folder + name + "@" + known.hex(), folder(root.place()).substring(1) + name)
                // Not every mirror has the digests as names; the plain name then holds the same, or is found wrong.
                .from(new Origin.Either(Origin.At.path(folder + member.origin()), Origin.At.path(folder + name)))
                .onlyWhole()
                .verifiedBy(known)
                .digesting(Algorithm.SHA256);
    }

    private static Artifact companion(String path, Entry root) {
        return Resource.artifact(path + "@" + root.sha256(), path.substring(1)).from(Origin.At.path(path));
    }

    private static Generation.Parser parser(Index root) {
        if (root.generation() == null) {
            throw new IllegalStateException(root.path() + " is no root of a generation");
        }
        return root.generation();
    }

    /** Folder of a path, with the slash at both ends. */
    private static String folder(String path) {
        String rooted = path.startsWith("/") ? path : "/" + path;
        return rooted.substring(0, rooted.lastIndexOf('/') + 1);
    }
}

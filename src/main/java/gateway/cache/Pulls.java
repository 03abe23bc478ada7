package gateway.cache;

import gateway.Background;
import gateway.catalog.CacheKey;
import gateway.catalog.Entry;
import gateway.format.Artifact;
import gateway.format.Checksum;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Fetches for askers with different rights: all share one fetch of a file, and what is left of it in the end depends on
 * whether one of them may keep it.
 *
 * <p>A pull runs in the background, whoever leaves. When its bytes are stored it takes no further askers; it keeps them
 * when somebody asked for that, waits until all askers have opened what they are to be shown, and removes the entry of the
 * fetch. Who comes in that moment waits for its end and looks anew.
 */
final class Pulls {

    private static final Logger log = LoggerFactory.getLogger(Pulls.class);

    /** Keeps what was fetched. */
    interface Keeper {
        Mono<Void> keep(Entry entry);

        /** Takes it back, since an index that was read later promises other bytes. */
        Mono<Void> withdraw(Entry entry);
    }

    private static final class Pull {
        private final Sinks.One<Cache.Got> got = Sinks.one();
        private final Sinks.Empty<Void> settled = Sinks.empty();
        private final Sinks.Empty<Void> left = Sinks.empty();
        private final Sinks.Empty<Void> over = Sinks.empty();
        // These change under the table's own lock only, where nothing is emitted: who hears it may come back here.
        private int askers;
        private boolean ending;
        private volatile @Nullable Keeper keeper;
    }

    private record Joined(Pull pull, boolean first, boolean late) {}

    private final PullThrough pullThrough;
    private final Background background;
    private final ConcurrentHashMap<CacheKey, Pull> running = new ConcurrentHashMap<>();

    Pulls(PullThrough pullThrough, Background background) {
        this.pullThrough = pullThrough;
        this.background = background;
    }

    /**
     * The reply from the remote; empty when another's pull ended this moment, and what there is now has to be looked up.
     *
     * @param keeper null when the asker may keep nothing
     */
    Mono<Reply> reply(Request request, Source source, Artifact artifact, @Nullable Keeper keeper) {
        return Mono.defer(() -> {
            CacheKey key = source.key(artifact.path());
            Joined joined = join(key, keeper);
            Pull pull = joined.pull();
            if (joined.late()) {
                return pull.over.asMono().then(Mono.empty());
            }
            if (joined.first()) {
                Disposable work = background.start("pull " + artifact.path(), run(key, source, artifact, pull));
                if (work.isDisposed()) {
                    over(key, pull);
                }
            }
            Outcome outcome = Outcome.miss(200, keeper != null, !joined.first());
            Mono<Cache.Got> got = pull.got.asMono().flatMap(shared -> own(pull, shared, keeper != null, outcome));
            return pullThrough.shown(request, source, artifact, got).doFinally(signal -> leave(key, pull));
        });
    }

    /** Completes when a file that is being kept is listed, or at once. */
    Mono<Void> kept(CacheKey key) {
        return Mono.defer(() -> {
            Pull pull = running.get(key);
            return pull == null || pull.keeper == null ? Mono.empty() : pull.settled.asMono();
        });
    }

    private Joined join(CacheKey key, @Nullable Keeper keeper) {
        boolean[] is = new boolean[2];
        Pull pull = running.compute(key, (same, old) -> {
            Pull there = old == null ? new Pull() : old;
            is[0] = old == null;
            is[1] = there.ending;
            if (!there.ending) {
                there.askers++;
                there.keeper = there.keeper == null ? keeper : there.keeper;
            }
            return there;
        });
        return new Joined(pull, is[0], is[1]);
    }

    private void leave(CacheKey key, Pull pull) {
        change(key, pull, () -> pull.askers--);
    }

    /** Takes no more askers from now on; null when nothing is to be kept. */
    private @Nullable Keeper end(CacheKey key, Pull pull) {
        change(key, pull, () -> pull.ending = true);
        return pull.keeper;
    }

    private void change(CacheKey key, Pull pull, Runnable change) {
        boolean[] left = new boolean[1];
        running.computeIfPresent(key, (same, there) -> {
            if (there == pull) {
                change.run();
                left[0] = pull.ending && pull.askers == 0;
            }
            return there;
        });
        if (left[0]) {
            pull.left.tryEmitEmpty();
        }
    }

    private Mono<Void> run(CacheKey key, Source source, Artifact artifact, Pull pull) {
        Cache cache = pullThrough.cache();
        Evictor evictor = pullThrough.evictor();
        // A process that was killed may have left the entry of a fetch.
        return cache.held(source, artifact)
                .flatMap(evictor::remove)
                .onErrorComplete()
                .then(Mono.defer(() -> cache.get(source, artifact, Directives.NONE)))
                .flatMap(got -> {
                    pull.got.tryEmitValue(got);
                    return stored(got);
                })
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .onErrorResume(error -> {
                    pull.got.tryEmitError(error);
                    return Mono.just(Optional.empty());
                })
                .flatMap(entry -> {
                    Keeper keeper = end(key, pull);
                    return keep(key, entry.orElse(null), keeper)
                            .then(Mono.fromRunnable(pull.settled::tryEmitEmpty))
                            .then(pull.left.asMono())
                            .then(cache.landed(source, artifact))
                            .then(Mono.defer(() -> withdraw(source, artifact, entry.orElse(null), keeper)))
                            .then(Mono.justOrEmpty(entry).flatMap(evictor::remove));
                })
                .doFinally(signal -> over(key, pull));
    }

    private void over(CacheKey key, Pull pull) {
        running.remove(key, pull);
        pull.got.tryEmitError(new Failure(503, "the gateway stops", null, null));
        pull.settled.tryEmitEmpty();
        pull.over.tryEmitEmpty();
    }

    private static Mono<Entry> stored(Cache.Got got) {
        return switch (got) {
            case Cache.Got.Held held -> Mono.just(held.entry());
            case Cache.Got.Flying flying ->
                flying.flight()
                        .stored()
                        .doFinally(signal -> flying.head().spool().release());
            case Cache.Got.Absent absent -> Mono.empty();
        };
    }

    private static Mono<Void> keep(CacheKey key, @Nullable Entry entry, @Nullable Keeper keeper) {
        return entry == null || keeper == null
                ? Mono.empty()
                : keeper.keep(entry).onErrorResume(error -> {
                    log.warn("{}{} was pulled and could not be kept", key.repository(), key.path(), error);
                    return Mono.empty();
                });
    }

    /** A flight whose bytes turn out wrong behind the answer removes its own entry. */
    private Mono<Void> withdraw(Source source, Artifact artifact, @Nullable Entry entry, @Nullable Keeper keeper) {
        return entry == null || keeper == null || !(artifact.checksum() instanceof Checksum.Listed)
                ? Mono.empty()
                : pullThrough
                        .cache()
                        .seen(source, artifact)
                        .hasElement()
                        .flatMap(there -> there ? Mono.empty() : keeper.withdraw(entry));
    }

    /** Who may keep it and gets it in one piece finds it listed afterwards. */
    private static Mono<Cache.Got> own(Pull pull, Cache.Got shared, boolean keeps, Outcome outcome) {
        return switch (shared) {
            case Cache.Got.Held held ->
                (keeps ? pull.settled.asMono() : Mono.<Void>empty())
                        .thenReturn(new Cache.Got.Held(held.entry(), outcome));
            case Cache.Got.Flying flying ->
                flying.head().spool().tryRetain()
                        ? Mono.just(new Cache.Got.Flying(flying.flight(), flying.head(), outcome))
                        : flying.flight().stored().map(entry -> new Cache.Got.Held(entry, outcome));
            case Cache.Got.Absent absent -> Mono.just(absent);
        };
    }
}

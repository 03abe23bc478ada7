package gateway.upstream;

import gateway.settings.Upstream;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of each upstream. It stays for those that the operator named; of those that members of projects name, who
 * may name others each minute, the ones that were idle longest go when there are too many.
 */
final class Peers {
    private final BiFunction<String, Upstream, Peer> make;
    private final int most;
    private final Map<String, Peer> all = new ConcurrentHashMap<>();
    private final AtomicInteger passing = new AtomicInteger();
    private final AtomicLong turn = new AtomicLong();

    private record Idle(String id, boolean leftAlone, long last) {}

    /**
     * Empty.
     *
     * @param make makes the peer of an identity
     * @param most so many that members named are kept; more only while they are in use
     */
    Peers(BiFunction<String, Upstream, Peer> make, int most) {
        this.make = make;
        this.most = most;
    }

    /** The peer of an upstream, in use from now on: the caller ends that. */
    Peer use(Upstream upstream) {
        Peer peer = all.compute(upstream.id(), (id, known) -> {
            Peer one = known == null ? make.apply(id, upstream) : known;
            if (known == null && one.isPassing()) {
                passing.incrementAndGet();
            }
            one.uses().begin(turn.incrementAndGet());
            return one;
        });
        if (passing.get() > most) {
            trim();
        }
        return peer;
    }

    /** Null when nothing is kept of it. */
    @Nullable
    Peer find(String id) {
        return all.get(id);
    }

    /** By identity; it changes while it is read. */
    Map<String, Peer> all() {
        return all;
    }

    private void trim() {
        List<Idle> idle = all.entrySet().stream()
                .filter(entry -> entry.getValue().isPassing())
                .filter(entry -> !entry.getValue().uses().any())
                .map(entry -> new Idle(
                        entry.getKey(),
                        entry.getValue().isLeftAlone(),
                        entry.getValue().uses().last()))
                .sorted(Comparator.comparing(Idle::leftAlone).thenComparingLong(Idle::last))
                .toList();
        idle.stream().limit(Math.max(0, passing.get() - most)).forEach(one -> drop(one.id()));
    }

    private void drop(String id) {
        all.computeIfPresent(id, (same, peer) -> {
            if (peer.uses().any()) {
                return peer;
            }
            passing.decrementAndGet();
            peer.connections().dispose();
            return null;
        });
    }
}

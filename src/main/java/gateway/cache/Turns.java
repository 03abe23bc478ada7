package gateway.cache;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Lets those who change the same thing do so one after the other, in the order in which they came. */
final class Turns<K> {

    private final Map<K, Deque<Sinks.Empty<Void>>> queues = new ConcurrentHashMap<>();

    /** Runs the work when all that came before has ended; who leaves while waiting holds up nobody. */
    <T> Mono<T> take(K key, Mono<T> work) {
        return Mono.defer(() -> {
            Sinks.Empty<Void> turn = Sinks.empty();
            call(enter(key, turn));
            return turn.asMono().then(work).doFinally(signal -> call(leave(key, turn)));
        });
    }

    /** Whose turn it is now; null when it is nobody's that waits for a call. */
    private Sinks.@Nullable Empty<Void> enter(K key, Sinks.Empty<Void> turn) {
        Deque<Sinks.Empty<Void>> queue = queues.compute(key, (same, old) -> {
            Deque<Sinks.Empty<Void>> waiting = old == null ? new ArrayDeque<>() : new ArrayDeque<>(old);
            waiting.add(turn);
            return waiting;
        });
        return queue.size() == 1 ? turn : null;
    }

    private Sinks.@Nullable Empty<Void> leave(K key, Sinks.Empty<Void> turn) {
        boolean[] first = new boolean[1];
        Deque<Sinks.Empty<Void>> queue = queues.compute(key, (same, old) -> {
            if (old == null) {
                return null;
            }
            first[0] = turn.equals(old.peek());
            Deque<Sinks.Empty<Void>> waiting = new ArrayDeque<>(old);
            waiting.remove(turn);
            return waiting.isEmpty() ? null : waiting;
        });
        return first[0] && queue != null ? queue.peek() : null;
    }

    private static void call(Sinks.@Nullable Empty<Void> turn) {
        if (turn != null) {
            turn.tryEmitEmpty();
        }
    }

    /** Nothing is kept of what nobody changes. */
    boolean isIdle() {
        return queues.isEmpty();
    }
}

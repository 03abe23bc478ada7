package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class TurnsTest {

    private final Turns<String> turns = new Turns<>();
    private final List<String> ran = new ArrayList<>();

    /** Begins to wait for its turn, and works until the sink says so. */
    private Disposable begin(String key, String name, Sinks.Empty<Void> until) {
        return turns.take(key, Mono.fromRunnable(() -> ran.add(name)).then(until.asMono()))
                .onErrorComplete()
                .subscribe();
    }

    @Test
    void one_after_the_other_and_nothing_is_left() {
        Sinks.Empty<Void> first = Sinks.empty();
        Sinks.Empty<Void> second = Sinks.empty();
        begin("a", "first", first);
        begin("a", "second", second);
        begin("b", "other", second);
        assertThat(ran).containsExactly("first", "other");

        first.tryEmitError(new IllegalStateException("failed"));
        assertThat(ran).containsExactly("first", "other", "second");
        second.tryEmitEmpty();
        assertThat(turns.isIdle()).isTrue();
    }

    @Test
    void who_leaves_holds_up_nobody() {
        Sinks.Empty<Void> never = Sinks.empty();
        Disposable first = begin("a", "first", never);
        Disposable second = begin("a", "second", never);
        begin("a", "third", Sinks.empty());

        second.dispose();
        assertThat(ran).containsExactly("first");
        first.dispose();
        assertThat(ran).containsExactly("first", "third");
    }
}

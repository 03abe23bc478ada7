package gateway.support;

import gateway.project.Audit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Mono;

/** Remembers what it is told. */
public final class FakeAudit implements Audit {

    private final List<Event> events = new CopyOnWriteArrayList<>();

    public List<Event> events() {
        return List.copyOf(events);
    }

    @Override
    public Mono<Void> act(Event event) {
        return Mono.fromRunnable(() -> events.add(event));
    }

    @Override
    public void refused(Event event) {
        events.add(event);
    }
}

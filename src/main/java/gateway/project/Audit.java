package gateway.project;

import java.time.Instant;
import reactor.core.publisher.Mono;

/** Remembers who changed what, and who was refused. */
public interface Audit {

    /**
     * Something that happened.
     *
     * @param who {@link Caller#label()}
     * @param act such as {@code create project}, or what was refused, such as {@code maven GET}; no secret, and nothing as long as a path
     * @param project its path; empty when it is about none
     * @param address of the client; empty when it came from the configuration
     * @param outcome one word or a status
     */
    record Event(String who, String act, String project, String address, String outcome) {}

    /**
     * What was kept.
     *
     * @param at of the first, when it happened more than once
     */
    record Kept(long id, boolean refused, Instant at, Event event, long times) {}

    /** Notes an act of administration; it is in the database when this completes. */
    Mono<Void> act(Event event);

    /** Notes a refused request, in memory at first; those alike within a minute are noted as one. */
    void refused(Event event);
}

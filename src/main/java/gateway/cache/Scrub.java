package gateway.cache;

import gateway.catalog.Catalog;
import gateway.storage.Digest;
import gateway.storage.Holdings;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Hashes all blobs again and again, so slowly that one pass takes a whole period. What disks did to a blob is set aside, and
 * whatever names it is forgotten: the next request fetches it.
 *
 * <p>A pass begins anywhere, so a gateway that is started often leaves no part of its store out.
 */
public final class Scrub {

    private static final Logger log = LoggerFactory.getLogger(Scrub.class);
    private static final long MEBIBYTE = 1 << 20;

    private final Catalog catalog;
    private final Holdings holdings;
    private final Duration period;
    private final Forgetting forgetting;
    private final LongAdder checked = new LongAdder();
    private final LongAdder damaged = new LongAdder();

    /** @param period of one pass */
    public Scrub(Catalog catalog, Holdings holdings, Duration period) {
        this.catalog = catalog;
        this.holdings = holdings;
        this.period = period;
        this.forgetting = new Forgetting(catalog, holdings);
    }

    /** Blobs that were read so far. */
    public long checked() {
        return checked.sum();
    }

    /** Blobs that were set aside so far. */
    public long damaged() {
        return damaged.sum();
    }

    /** Goes on until it is cancelled. */
    public Mono<Void> run() {
        return Mono.when(pass(), Mono.delay(period)).repeat().then();
    }

    private Mono<Void> pass() {
        return catalog.totalSize()
                .flatMapMany(total -> {
                    Duration rest = period.multipliedBy(MEBIBYTE).dividedBy(Math.max(MEBIBYTE, total));
                    return fromAnywhere().concatMap(name -> examine(name, rest));
                })
                .then()
                .onErrorResume(error -> {
                    log.warn("The check of the stored files ended early, the next begins in time", error);
                    return Mono.empty();
                });
    }

    private Flux<Digest> fromAnywhere() {
        byte[] start = new byte[4];
        ThreadLocalRandom.current().nextBytes(start);
        String first = HexFormat.of().formatHex(start);
        return holdings.blobs()
                .skipWhile(name -> name.hex().compareTo(first) < 0)
                .concatWith(holdings.blobs().takeWhile(name -> name.hex().compareTo(first) < 0));
    }

    private Mono<Void> examine(Digest name, Duration rest) {
        return holdings.hash(name, rest)
                .doOnNext(actual -> checked.increment())
                .filter(actual -> !actual.equals(name))
                .flatMap(actual -> condemn(name, actual));
    }

    private Mono<Void> condemn(Digest name, Digest actual) {
        log.error("The stored file {} is damaged, its bytes hash to {}; it is set aside", name.hex(), actual.hex());
        damaged.increment();
        return holdings.setAside(name)
                .thenMany(catalog.holding(name.hex()))
                .concatMap(forgetting::of)
                .then();
    }
}

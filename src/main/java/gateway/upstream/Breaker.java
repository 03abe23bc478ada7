package gateway.upstream;

import gateway.upstream.UpstreamException.Reason;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** Stops calling one lane of an upstream that fails: exceptions, 5xx and broken bodies count, 4xx never does. */
final class Breaker {
    private static final Logger log = LoggerFactory.getLogger(Breaker.class);
    private static final Duration PAUSE = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofSeconds(1);

    private final String upstream;
    private final Clock clock;
    private final CircuitBreaker breaker;
    private final LongAdder calls = new LongAdder();
    private volatile Instant opened = Instant.MIN;

    Breaker(String upstream, Clock clock) {
        this.upstream = upstream;
        this.clock = clock;
        this.breaker = CircuitBreaker.of(upstream, config(clock));
        breaker.getEventPublisher().onStateTransition(event -> {
            switch (event.getStateTransition().getToState()) {
                case OPEN -> {
                    opened = clock.instant();
                    log.warn("upstream {} fails too often and is left alone for {} s", upstream, PAUSE.toSeconds());
                }
                case CLOSED -> log.info("upstream {} answers again", upstream);
                default -> {}
            }
        });
    }

    private static CircuitBreakerConfig config(Clock clock) {
        return CircuitBreakerConfig.custom()
                .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(20)
                // Outcomes are told on event loops, which must not wait for each other's locks.
                .slidingWindowSynchronizationStrategy(SlidingWindowSynchronizationStrategy.LOCK_FREE)
                .minimumNumberOfCalls(10)
                .failureRateThreshold(50)
                .waitDurationInOpenState(PAUSE)
                .permittedNumberOfCallsInHalfOpenState(3)
                .writableStackTraceEnabled(false)
                .clock(clock)
                .currentTimestampFunction(Clock::millis, TimeUnit.MILLISECONDS)
                .build();
    }

    /** Makes the call if the breaker lets it; what becomes of it is told to the outcome. */
    <T> Mono<T> guard(Function<Outcome, Mono<T>> call) {
        return Mono.defer(() -> {
            if (!breaker.tryAcquirePermission()) {
                return Mono.error(open());
            }
            calls.increment();
            Outcome outcome = new Outcome(breaker);
            return call.apply(outcome)
                    .onErrorResume(error -> {
                        outcome.failed(error);
                        return Mono.error(error);
                    })
                    .doOnCancel(outcome::left);
        });
    }

    /** An open breaker whose pause is over lets the next call try, and so counts as half open. */
    String state() {
        CircuitBreaker.State state = breaker.getState();
        return (state == CircuitBreaker.State.OPEN && openUntil() == null ? CircuitBreaker.State.HALF_OPEN : state)
                .name();
    }

    /** Before when no call is let through; null when they are. */
    @Nullable
    Instant openUntil() {
        Instant until = opened.plus(PAUSE);
        return breaker.getState() == CircuitBreaker.State.OPEN && until.isAfter(clock.instant()) ? until : null;
    }

    /** Let through since the start. */
    long calls() {
        return calls.sum();
    }

    private UpstreamException open() {
        Duration left = Duration.between(clock.instant(), opened.plus(PAUSE));
        return new UpstreamException(
                Reason.BREAKER_OPEN,
                "Upstream " + upstream + " failed too often of late and is left alone for a moment",
                left.compareTo(SOON) < 0 ? SOON : left,
                null);
    }
}

package gateway.upstream;

import gateway.upstream.UpstreamException.Reason;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.reactor.circuitbreaker.operator.CircuitBreakerOperator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/** Stops calling one lane of an upstream that fails: exceptions, 5xx and broken bodies count, 4xx never does. */
final class Breaker {
    private static final Duration PAUSE = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofSeconds(1);

    private final String upstream;
    private final Clock clock;
    private final CircuitBreaker breaker;
    private volatile Instant opened = Instant.MIN;

    Breaker(String upstream, Clock clock) {
        this.upstream = upstream;
        this.clock = clock;
        this.breaker = CircuitBreaker.of(upstream, config(clock));
        breaker.getEventPublisher().onStateTransition(event -> {
            if (event.getStateTransition().getToState() == CircuitBreaker.State.OPEN) {
                opened = clock.instant();
            }
        });
    }

    private static CircuitBreakerConfig config(Clock clock) {
        return CircuitBreakerConfig.custom()
                .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(20)
                .minimumNumberOfCalls(10)
                .failureRateThreshold(50)
                .waitDurationInOpenState(PAUSE)
                .permittedNumberOfCallsInHalfOpenState(3)
                .recordResult(result -> result instanceof UpstreamResponse response && response.status() >= 500)
                .ignoreException(Breaker::isOurs)
                .writableStackTraceEnabled(false)
                .clock(clock)
                .currentTimestampFunction(Clock::millis, TimeUnit.MILLISECONDS)
                .build();
    }

    // A refused redirect and a full pool say nothing about the upstream's health.
    private static boolean isOurs(Throwable error) {
        return error instanceof UpstreamException ours
                && (ours.reason() == Reason.FORBIDDEN_REDIRECT || Failures.isCrowded(ours.getCause()));
    }

    /** Runs the call if the breaker lets it; a cancelled call gives its permission back. */
    <T> Mono<T> guard(Mono<T> call) {
        return call.transformDeferred(CircuitBreakerOperator.of(breaker))
                .onErrorMap(CallNotPermittedException.class, this::open);
    }

    /** Counts a failure that showed only after the head. */
    void failed(Throwable cause) {
        breaker.onError(0, TimeUnit.MILLISECONDS, cause);
    }

    String state() {
        return breaker.getState().name();
    }

    private UpstreamException open(CallNotPermittedException refused) {
        Duration left = Duration.between(clock.instant(), opened.plus(PAUSE));
        return new UpstreamException(
                Reason.BREAKER_OPEN,
                "Upstream " + upstream + " failed too often of late and is left alone for a moment",
                left.compareTo(SOON) < 0 ? SOON : left,
                refused);
    }
}

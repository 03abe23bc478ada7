package gateway.web;

import io.netty.channel.EventLoop;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Brings answers back to the event loop of their connection before they are written.
 *
 * <p>An answer that is written from another thread can lose the wake-up for the next request of a keep-alive connection
 * (Reactor Netty 1.3.6): the client then waits for ever.
 */
final class EventLoops {

    private final ConcurrentHashMap<EventLoop, Scheduler> schedulers = new ConcurrentHashMap<>();

    Scheduler of(HttpServerRequest request) {
        AtomicReference<EventLoop> loop = new AtomicReference<>();
        request.withConnection(connection -> loop.set(connection.channel().eventLoop()));
        return schedulers.computeIfAbsent(loop.get(), Schedulers::fromExecutor);
    }
}

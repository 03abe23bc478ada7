package gateway.upstream;

import io.netty.channel.ConnectTimeoutException;
import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Resolves names and passes on only addresses that the guard allows, so that the address which was checked is the one
 * that is connected to.
 */
final class GuardedResolver extends AddressResolverGroup<InetSocketAddress> {
    // Each is tried in turn with the whole connect timeout, so a long list of dead ones must not be.
    private static final int MOST_ADDRESSES = 4;

    private final AddressResolverGroup<InetSocketAddress> names;
    private final AddressGuard guard;
    private final Duration patience;

    GuardedResolver(AddressResolverGroup<InetSocketAddress> names, AddressGuard guard, Duration patience) {
        this.names = names;
        this.guard = guard;
        this.patience = patience;
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new Resolver(executor, names.getResolver(executor));
    }

    private final class Resolver extends AbstractAddressResolver<InetSocketAddress> {
        private final AddressResolver<InetSocketAddress> delegate;

        Resolver(EventExecutor executor, AddressResolver<InetSocketAddress> delegate) {
            super(executor, InetSocketAddress.class);
            this.delegate = delegate;
        }

        @Override
        protected boolean doIsResolved(InetSocketAddress address) {
            return !address.isUnresolved();
        }

        @Override
        protected void doResolve(InetSocketAddress name, Promise<InetSocketAddress> promise) {
            Promise<List<InetSocketAddress>> all = executor().newPromise();
            all.addListener((FutureListener<List<InetSocketAddress>>) done -> {
                if (done.isSuccess()) {
                    promise.trySuccess(done.getNow().getFirst());
                } else {
                    promise.tryFailure(done.cause());
                }
            });
            doResolveAll(name, all);
        }

        @Override
        protected void doResolveAll(InetSocketAddress name, Promise<List<InetSocketAddress>> promise) {
            var late = executor()
                    .schedule(
                            () -> promise.tryFailure(new ConnectTimeoutException("no answer from the name server")),
                            patience.toMillis(),
                            TimeUnit.MILLISECONDS);
            delegate.resolveAll(name).addListener((FutureListener<List<InetSocketAddress>>) found -> {
                late.cancel(false);
                settle(name, found, promise);
            });
        }

        private void settle(
                InetSocketAddress name,
                Future<List<InetSocketAddress>> found,
                Promise<List<InetSocketAddress>> promise) {
            if (!found.isSuccess()) {
                promise.tryFailure(found.cause());
                return;
            }
            List<InetSocketAddress> allowed = found.getNow().stream()
                    .filter(one -> guard.allows(name.getHostString(), name.getPort(), one.getAddress()))
                    .limit(MOST_ADDRESSES)
                    .toList();
            if (allowed.isEmpty()) {
                promise.tryFailure(new AddressGuard.RefusedException());
            } else {
                promise.trySuccess(allowed);
            }
        }
    }
}

package gateway.web;

import gateway.storage.StoredRegion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.handler.stream.ChunkedInput;
import io.netty.handler.stream.ChunkedWriteHandler;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Lets parts of files pass where bytes are encrypted and the system cannot send them itself: they are read piece by piece
 * on the store's workers, one piece ahead of what the socket takes.
 *
 * <p>{@link ChunkedWriteHandler}, which stands before it, keeps the order and waits for slow clients.
 */
final class RegionReader extends ChannelOutboundHandlerAdapter {

    /** Two of them are in memory for each connection that is sent a file. */
    private static final int PIECE = 64 << 10;

    private final ChunkedWriteHandler writer;

    RegionReader(ChunkedWriteHandler writer) {
        this.writer = writer;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        context.write(
                message instanceof StoredRegion region
                        ? new Pieces(region, context.channel().eventLoop())
                        : message,
                promise);
    }

    /** Used on the event loop alone. */
    private final class Pieces implements ChunkedInput<ByteBuf> {

        private final StoredRegion region;
        private final EventLoop loop;
        private @Nullable ByteBuf next;
        private @Nullable Throwable failure;
        private boolean reading;
        private boolean closed;
        private long given;

        Pieces(StoredRegion region, EventLoop loop) {
            this.region = region;
            this.loop = loop;
        }

        @Override
        public @Nullable ByteBuf readChunk(ByteBufAllocator allocator) throws Exception {
            if (failure != null) {
                throw new IllegalStateException("a file cannot be read", failure);
            }
            ByteBuf piece = next;
            if (piece != null) {
                next = null;
                given += piece.readableBytes();
            }
            if (!reading && !isEndOfInput()) {
                read(allocator.directBuffer((int) Math.min(PIECE, region.count() - given)));
            }
            return piece;
        }

        private void read(ByteBuf target) {
            reading = true;
            region.read(given, target, error -> {
                try {
                    loop.execute(() -> done(target, error));
                } catch (RejectedExecutionException stopped) {
                    target.release();
                }
            });
        }

        private void done(ByteBuf target, @Nullable Throwable error) {
            reading = false;
            if (closed || error != null) {
                target.release();
                failure = error;
            } else {
                next = target;
            }
            if (!closed) {
                writer.resumeTransfer();
            }
        }

        @Override
        @SuppressWarnings("deprecation") // Netty asks for it no more.
        public @Nullable ByteBuf readChunk(ChannelHandlerContext context) throws Exception {
            return readChunk(context.alloc());
        }

        @Override
        public boolean isEndOfInput() {
            return given == region.count();
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                if (next != null) {
                    next.release();
                    next = null;
                }
                region.release();
            }
        }

        @Override
        public long length() {
            return region.count();
        }

        @Override
        public long progress() {
            return given;
        }
    }
}

package gateway.settings;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import java.util.concurrent.atomic.LongAdder;

/**
 * Takes lines of the access log from event loops, and never keeps one waiting: another thread writes them. When that is
 * slower than they come in, lines are dropped and counted, and the count stands in the log.
 */
final class AccessAppender extends AsyncAppender {

    /** Lines that wait to be written. */
    static final int QUEUE = 16 << 10;
    /** Places that are kept free for events that come at the same time, which would else be dropped uncounted. */
    private static final int SPARE = 256;

    private final Log.Access form;
    private final LongAdder dropped = new LongAdder();

    AccessAppender(Log.Access form) {
        this.form = form;
        setName("access");
        setQueueSize(QUEUE);
        setDiscardingThreshold(SPARE);
        setNeverBlock(true);
        setIncludeCallerData(false);
    }

    /** Asked only when the queue is nearly full. */
    @Override
    protected boolean isDiscardable(ILoggingEvent event) {
        dropped.increment();
        return true;
    }

    /** The line is made by the thread that writes it. */
    @Override
    protected void preprocess(ILoggingEvent event) {}

    /** The message and nothing else. */
    final class Lines extends LayoutBase<ILoggingEvent> {

        @Override
        public String doLayout(ILoggingEvent event) {
            long lost = dropped.sumThenReset();
            String line = event.getFormattedMessage() + "\n";
            if (lost == 0) {
                return line;
            }
            return (form == Log.Access.JSON ? "{\"dropped\":" + lost + "}\n" : lost + " lines were dropped\n") + line;
        }
    }
}

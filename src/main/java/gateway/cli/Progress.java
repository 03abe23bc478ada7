package gateway.cli;

import java.io.PrintWriter;
import java.util.Locale;

/** How far a long command is: one line that is written over on a terminal, a line for each tenth elsewhere. */
final class Progress {

    private static final int WIDTH = 30;

    private final PrintWriter out;
    private final boolean terminal;
    private final String what;
    private final long total;
    private long shown = -1;

    /**
     * @param what is done, as in "rebuilding"
     * @param total of what {@link #at} counts, about; 0 shows nothing
     */
    Progress(PrintWriter out, boolean terminal, String what, long total) {
        this.out = out;
        this.terminal = terminal;
        this.what = what;
        this.total = total;
    }

    /** Whether standard error is what somebody looks at. */
    @SuppressWarnings("SystemConsoleNull") // It is, in JDK 25, where nobody looks.
    static boolean isTerminal() {
        return System.console() != null && System.console().isTerminal();
    }

    /** So many are done. */
    synchronized void at(long done) {
        int steps = terminal ? 1000 : 10;
        long step = total == 0 ? shown : Math.min(done, total) * steps / total;
        if (step <= shown) {
            return;
        }
        shown = step;
        long percent = step * 100 / steps;
        long of = Math.max(done, total);
        if (terminal) {
            int filled = (int) (WIDTH * step / steps);
            String bar = "#".repeat(filled) + "-".repeat(WIDTH - filled);
            out.print(String.format(Locale.ROOT, "\r%s [%s] %3d%% %,d of %,d ", what, bar, percent, done, of));
        } else {
            out.println(String.format(Locale.ROOT, "%s %d%%, %,d of %,d", what, percent, done, of));
        }
        out.flush();
    }

    /** Makes room for other lines; what comes next is shown anew. */
    synchronized void clear() {
        if (terminal && shown >= 0) {
            out.print("\r" + " ".repeat(WIDTH + what.length() + 40) + "\r");
            out.flush();
            shown = -1;
        }
    }
}

package gateway.upstream;

import org.jspecify.annotations.Nullable;

/** Holds an answer on its way to the caller, so that one who leaves meanwhile leaves no open connection behind. */
final class Claim {
    private @Nullable ReceivedResponse held;
    private boolean abandoned;

    synchronized void hold(ReceivedResponse response) {
        held = response;
        if (abandoned) {
            response.drop();
        }
    }

    /** Hands the answer over; false when the caller has left. */
    synchronized boolean settle() {
        held = null;
        return !abandoned;
    }

    synchronized void abandon() {
        abandoned = true;
        if (held != null) {
            held.drop();
        }
    }
}

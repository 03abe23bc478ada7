package gateway.contract;

import gateway.support.FakeUpstream;
import java.util.Arrays;

/**
 * A document or file, as the upstream has it and as clients ask for it.
 *
 * @param path below the mount, encoded
 * @param host where the upstream keeps it
 * @param at its path there
 * @param type {@code Content-Type} on both sides
 * @param place where the store shows it, below the mount's folder
 * @param accept what clients of this format say they accept, empty for nothing
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Piece(String path, FakeUpstream host, String at, String type, String place, byte[] bytes, String accept) {

    Piece(String path, FakeUpstream host, String at, String type, String place, byte[] bytes) {
        this(path, host, at, type, place, bytes, "");
    }

    Piece accepting(String mediaType) {
        return new Piece(path, host, at, type, place, bytes, mediaType);
    }

    /** How often the upstream was asked for it, by whatever method. */
    int asked() {
        return host.count(at);
    }

    int asked(String method) {
        return (int) host.requests(at).stream()
                .filter(request -> request.method().equals(method))
                .count();
    }

    FakeUpstream.Request lastRequest() {
        return host.requests(at).getLast();
    }

    /** A few bytes are others than they should be; the length is right. */
    byte[] damaged() {
        byte[] damaged = bytes.clone();
        int middle = damaged.length / 2;
        Arrays.fill(damaged, middle, middle + 8, (byte) (damaged[middle] + 1));
        return damaged;
    }
}

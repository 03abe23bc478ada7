package gateway.settings;

import java.util.List;

/** Reads what stands behind an {@code uploads} key. */
final class UploadsReader {

    private UploadsReader() {}

    static Uploads read(Node.Mapping fields, Uploads usual) {
        fields.only(List.of("read_only", "max_size", "max_age"));
        return new Uploads(
                !fields.scalar("read_only").map(Node.Scalar::asBoolean).orElse(!usual.allowed()),
                fields.scalar("max_size")
                        .map(value -> value.as(ByteSize::parse))
                        .orElse(usual.maxSize()),
                fields.scalar("max_age").map(value -> value.as(Durations::age)).orElse(usual.maxAge()));
    }
}

package gateway.support;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A body of {@code multipart/form-data}, made part by part. */
public final class FormBody {

    public static final String TYPE = "multipart/form-data; boundary=between";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public FormBody field(String name, String value) {
        return part("name=\"" + name + "\"", value.getBytes(StandardCharsets.UTF_8));
    }

    public FormBody file(String name, String fileName, byte[] content) {
        return part(
                "name=\"" + name + "\"; filename=\"" + fileName + "\"\r\nContent-Type: application/octet-stream",
                content);
    }

    private FormBody part(String disposition, byte[] content) {
        bytes.writeBytes(("--between\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(content);
        bytes.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Without its end. */
    public byte[] open() {
        return bytes.toByteArray();
    }

    public byte[] bytes() {
        byte[] end = "--between--\r\n".getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(bytes.toByteArray());
        all.writeBytes(end);
        return all.toByteArray();
    }
}

package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a project page says of a file that only the file itself tells.
 *
 * @param requiresPython null when it does not say
 * @param coreMetadata SHA-256 of the metadata that is served beside it; null when there is none
 */
public record PyPiDetails(
        @Nullable String requiresPython, @Nullable String coreMetadata) {

    public static final PyPiDetails NONE = new PyPiDetails(null, null);

    private static final int LARGEST = 4 << 20;
    /** Metadata stands at the beginning of a source distribution. */
    private static final long SEARCHED = 256L << 20;

    private static final Pattern OF_WHEEL = Pattern.compile("[^/]+\\.dist-info/METADATA");
    private static final Pattern OF_SOURCE = Pattern.compile("(?:\\./)?[^/]+/PKG-INFO");
    private static final Pattern SPECIFIER = Pattern.compile("[A-Za-z0-9.,<>=!~*+ ()'\"_-]{1,255}");

    /**
     * The core metadata of a distribution; null when it has none.
     *
     * @throws IOException when it is not what its name says, or is broken
     */
    public static byte @Nullable [] metadata(String file, InputStream in) throws IOException {
        try {
            return switch (file.substring(file.lastIndexOf('.') + 1)) {
                case "whl" -> Zipped.first(in, name -> OF_WHEEL.matcher(name).matches(), LARGEST);
                case "zip" -> Zipped.first(in, name -> OF_SOURCE.matcher(name).matches(), LARGEST);
                case "gz", "tgz" -> ofTar(new GZIPInputStream(in, 1 << 16));
                default -> null;
            };
        } catch (IllegalArgumentException e) {
            throw new IOException("it is broken", e);
        }
    }

    private static byte @Nullable [] ofTar(InputStream in) throws IOException {
        TarArchiveInputStream tar = new TarArchiveInputStream(in);
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            if (OF_SOURCE.matcher(entry.getName()).matches() && entry.isFile()) {
                return tar.readNBytes(LARGEST);
            }
            if (tar.getBytesRead() + entry.getSize() > SEARCHED) {
                return null;
            }
        }
        return null;
    }

    /** @param metadata null when the file has none */
    public static PyPiDetails of(String file, byte @Nullable [] metadata) {
        if (metadata == null) {
            return NONE;
        }
        byte[] digest = Algorithm.SHA256.digest().digest(metadata);
        return new PyPiDetails(
                specifier(field(metadata, "Requires-Python")),
                file.endsWith(".whl") ? HexFormat.of().formatHex(digest) : null);
    }

    /** A field of core metadata; null when it is not there. */
    public static @Nullable String field(byte[] metadata, String name) {
        String start = name + ":";
        return new String(metadata, StandardCharsets.UTF_8)
                .lines()
                .takeWhile(line -> !line.isEmpty())
                .filter(line -> line.regionMatches(true, 0, start, 0, start.length()))
                .map(line -> line.substring(start.length()).strip())
                .findFirst()
                .orElse(null);
    }

    /** Null when no versions of Python are written so. */
    public static @Nullable String specifier(@Nullable String text) {
        return text != null && SPECIFIER.matcher(text).matches() ? text : null;
    }

    /** The same, where the file does not say it, with what was told when it was published. */
    public PyPiDetails or(@Nullable String specifier) {
        return requiresPython == null ? new PyPiDetails(specifier, coreMetadata) : this;
    }

    public String written() {
        Map<String, String> document = new LinkedHashMap<>();
        if (requiresPython != null) {
            document.put("requires-python", requiresPython);
        }
        if (coreMetadata != null) {
            document.put("core-metadata", coreMetadata);
        }
        return JsonMapper.shared().writeValueAsString(document);
    }

    /** As it was written. */
    public static PyPiDetails read(String written) {
        JsonNode document = JsonMapper.shared().readTree(written);
        return new PyPiDetails(
                document.path("requires-python").stringValue(null),
                document.path("core-metadata").stringValue(null));
    }
}

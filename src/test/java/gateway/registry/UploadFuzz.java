package gateway.registry;

import gateway.cache.Failure;
import gateway.format.NuGetSpec;
import gateway.format.PyPiDetails;
import gateway.format.WholeZip;
import gateway.project.PackageFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * What somebody publishes: the first line says the format, or the file's name for PyPI. Whoever reads it takes it, or
 * complains by an {@link IOException} or a {@link Failure}.
 */
public final class UploadFuzz {

    private static final int LINE = 100;
    private static final PackageFile FILE = new PackageFile(
            1,
            1,
            42,
            "any",
            "acme/lib",
            "1.0.0",
            "/acme/lib/1.0.0.zip",
            "1.0.0.zip",
            1,
            "",
            "",
            "",
            "",
            new PackageFile.Pulled("", null, null),
            null,
            Instant.EPOCH);

    private UploadFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        feed(input);
    }

    /** Whether it was taken. */
    public static boolean feed(byte[] input) {
        int end = 0;
        while (end < Math.min(LINE, input.length) && input[end] != '\n') {
            end++;
        }
        if (end == input.length) {
            return false;
        }
        String kind = new String(input, 0, end, StandardCharsets.UTF_8);
        InputStream in = new ByteArrayInputStream(input, end + 1, input.length - end - 1);
        try {
            return read(kind, in);
        } catch (IOException | Failure complaint) {
            return false;
        }
    }

    private static boolean read(String kind, InputStream in) throws IOException {
        return switch (kind) {
            case "npm" -> npm(in);
            case "npm-tarball" -> !NpmTarball.manifest(in, FILE).isEmpty();
            case "composer" -> !ComposerManifest.pulled(in, FILE).isEmpty();
            case "nuget" -> nuget(in);
            default -> pypi(kind, in);
        };
    }

    private static boolean npm(InputStream in) throws IOException {
        OutputStream tarball = new ByteArrayOutputStream();
        NpmUpload upload = NpmUpload.read(in, tarball);
        return upload.versions() > 0;
    }

    private static boolean nuget(InputStream in) throws IOException {
        in.mark(Integer.MAX_VALUE);
        byte[] nuspec = NuGetSpec.in(in);
        in.reset();
        WholeZip.ANY.check(in);
        return nuspec != null && NuGetSpec.of(nuspec).isPresent();
    }

    private static boolean pypi(String file, InputStream in) throws IOException {
        byte[] metadata = PyPiDetails.metadata(file, in);
        PyPiDetails details = PyPiDetails.of(file, metadata);
        return metadata != null && PyPiDetails.read(details.written()).equals(details);
    }
}

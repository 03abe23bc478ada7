package gateway.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Distributions of Python projects that clients install. */
public final class PythonFiles {

    private PythonFiles() {}

    public static String metadata(String name, String version) {
        return "Metadata-Version: 2.1\nName: %s\nVersion: %s\nRequires-Python: >=3.8\n\nRequires-Python: <2\n"
                .formatted(name, version);
    }

    /** Of one module that says its version. */
    public static byte[] wheel(String name, String version) {
        String info = name + "-" + version + ".dist-info/";
        Map<String, String> files = new LinkedHashMap<>();
        files.put(name + ".py", "VERSION = '" + version + "'\n");
        files.put(info + "METADATA", metadata(name, version));
        files.put(info + "WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
        StringBuilder record = new StringBuilder();
        files.keySet().forEach(file -> record.append(file).append(",,\n"));
        files.put(info + "RECORD", record + info + "RECORD,,\n");
        return zip(files);
    }

    public static byte[] zip(Map<String, String> files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** A source distribution that brings along what builds it. */
    public static byte[] sdist(String name, String version) {
        String folder = name + "-" + version + "/";
        Map<String, String> files = new LinkedHashMap<>();
        files.put(folder + name + ".py", "VERSION = '" + version + " from source'\n");
        files.put(folder + "PKG-INFO", metadata(name, version));
        files.put(folder + "pyproject.toml", """
                [build-system]
                requires = []
                build-backend = "backend"
                backend-path = ["."]
                """);
        files.put(folder + "backend.py", """
                import os, zipfile

                NAME, VERSION = "%s", "%s"

                def build_wheel(folder, config_settings=None, metadata_directory=None):
                    info = NAME + "-" + VERSION + ".dist-info/"
                    wheel = NAME + "-" + VERSION + "-py3-none-any.whl"
                    with zipfile.ZipFile(os.path.join(folder, wheel), "w") as out:
                        out.write(NAME + ".py")
                        out.write("PKG-INFO", info + "METADATA")
                        out.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
                        names = [NAME + ".py", info + "METADATA", info + "WHEEL", info + "RECORD"]
                        out.writestr(info + "RECORD", "".join(name + ",,\\n" for name in names))
                    return wheel
                """.formatted(name, version));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}

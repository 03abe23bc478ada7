package gateway.clients;

import gateway.support.FakeUpstream;
import gateway.support.StoreFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A repository of small R packages, built and listed by R itself; an older version stands in its archive. */
final class CranRegistry implements AutoCloseable {

    private static final String CONTRIB = "site/src/contrib";

    private final Home home;
    private final FakeUpstream server = FakeUpstream.start();

    CranRegistry(Path folder) {
        home = new Home(folder);
        build("tinybase", "1.0.0", "", CONTRIB);
        build("tinyapp", "1.0.1", "Imports: tinybase\n", CONTRIB);
        home.run(
                Tools.rscript(),
                "--vanilla",
                "-e",
                "tools::write_PACKAGES('" + home.file(CONTRIB) + "', type = 'source')");
        build("tinyapp", "1.0.0", "", CONTRIB + "/Archive/tinyapp");
        Tree.of(home.file("site")).keySet().forEach(this::serve);
    }

    /** Where it is reached. */
    FakeUpstream server() {
        return server;
    }

    String sha256(String file) {
        return Tree.sha256(bytes(CONTRIB + "/" + file));
    }

    @Override
    public void close() {
        server.close();
    }

    private void build(String name, String version, String more, String folder) {
        String source = "project/" + name + "-" + version + "/" + name;
        home.write(source + "/DESCRIPTION", """
                Package: %s
                Version: %s
                Title: A Demonstration
                Description: It demonstrates.
                Author: Nobody
                Maintainer: Nobody <nobody@localhost>
                License: GPL-3
                %s""".formatted(name, version, more));
        home.write(source + "/NAMESPACE", "export(version)\n");
        home.write(source + "/R/version.R", "version <- function() \"" + version + "\"\n");
        home.run(Tools.r(), "CMD", "build", "--no-build-vignettes", home.file(source));
        try {
            String file = name + "_" + version + ".tar.gz";
            Files.move(home.file("project/" + file), home.folder(folder).resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(String path) {
        byte[] bytes = bytes("site/" + path);
        server.serve("/" + path, bytes).etag("\"" + StoreFiles.hex("MD5", bytes) + "\"");
    }

    private byte[] bytes(String path) {
        try {
            return Files.readAllBytes(home.file(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

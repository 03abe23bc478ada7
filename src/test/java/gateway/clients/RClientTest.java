package gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** install.packages of R, which warns where others fail: the script looks whether all of it was installed. */
class RClientTest extends LocalContract<CranRegistry> {

    @Override
    CranRegistry make(Path files) {
        return new CranRegistry(files);
    }

    @Override
    List<String> mounts() {
        return List.of("cran");
    }

    @Override
    String configuration() throws IOException {
        return "upstream: { cran: \"" + registry().server().url() + "\" }\n";
    }

    @Override
    Sample sample(Home home) throws IOException {
        String file = "tinyapp_1.0.1.tar.gz";
        return new Sample("/" + file, registry().sha256(file), file);
    }

    @Override
    void install(Home home, URI gateway) {
        home.folder("download");
        home.folder("library");
        home.write("install.R", """
                options(repos = c(CRAN = "%s/cran"), warn = 1)
                install.packages("tinyapp", lib = "%s", destdir = "%s", quiet = TRUE)
                stopifnot(
                  tinyapp::version() == "1.0.1",
                  tinybase::version() == "1.0.0"
                )
                """.formatted(gateway, home.file("library"), home.file("download")));
        home.set("R_LIBS", home.file("library"));
        home.run(Tools.rscript(), "--no-init-file", home.file("install.R"));
    }

    @Override
    SortedMap<String, String> installed(Home home, URI gateway) {
        SortedMap<String, String> files = Tree.of(home.file("download"));
        files.putAll(Tree.of(home.file("library"), path -> path.endsWith("/NAMESPACE")));
        return files;
    }

    @Test
    @Order(5)
    void an_older_version_is_found_at_either_place() throws Exception {
        Home older = home("older");
        older.folder("library");
        older.set("R_LIBS", older.file("library"));
        for (String place :
                List.of("src/contrib/tinyapp_1.0.0.tar.gz", "src/contrib/Archive/tinyapp/tinyapp_1.0.0.tar.gz")) {
            older.write("install.R", """
                    install.packages("%s/cran/%s", lib = "%s", repos = NULL, type = "source", quiet = TRUE)
                    stopifnot(tinyapp::version() == "1.0.0")
                    remove.packages("tinyapp", lib = "%s")
                    """.formatted(gateway(), place, older.file("library"), older.file("library")));
            older.run(Tools.rscript(), "--no-init-file", older.file("install.R"));
        }
        assertThat(registry().server().count("/src/contrib/Archive/tinyapp/tinyapp_1.0.0.tar.gz"))
                .isEqualTo(1);
    }
}

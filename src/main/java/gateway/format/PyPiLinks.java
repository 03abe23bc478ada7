package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/** Reads the files of a project page, each with its metadata and signature. */
record PyPiLinks(String project) implements LinkReader {

    @Override
    public void read(InputStream document, Source source, Consumer<Link> links) throws IOException {
        PyPiPage.read(document, source, new PyPiPage.Visitor() {
            @Override
            public void meta(String name, String content) {
                // Nothing said of the whole page names a file.
            }

            @Override
            public void file(PyPiFile file) {
                file.links(project, links);
            }
        });
    }
}

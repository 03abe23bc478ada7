package gateway.format;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PyPiTest {

    private static final String PIP =
            "application/vnd.pypi.simple.v1+json, " + "application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01";
    private final PyPi pypi = new PyPi();

    @ParameterizedTest
    @CsvSource({
        "/simple/six/,              six,    html",
        "/six/,                     six,    html-short",
        "/simple/a-b-c/,            a-b-c,  html",
        "/simple/json/,             json,   html",
        "/json/,                    json,   html-short",
        "/simple/files/,            files,  html",
        "/files/,                   files,  html-short",
        "/pypi/,                    pypi,   html-short",
    })
    void projectPagesAreIndexesWithOneIdentity(String path, String project, String rendering) {
        Index page = (Index) resolve(path);
        assertThat(page.path()).isEqualTo("/simple/" + project + "/");
        assertThat(page.origin()).isEqualTo(new Origin.At("", "/simple/" + project + "/", ""));
        assertThat(page.place()).isEqualTo(project + "/simple.json");
        assertThat(page.coordinates()).isEqualTo(new Coordinates("pypi", project, null));
        assertThat(page.accept()).startsWith(PyPi.JSON + ", ").contains("text/html;q=0.01");
        assertThat(requireNonNull(page.rendering()).name()).isEqualTo(rendering);
        assertThat(page.links()).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "/simple,                   /simple/",
        "/simple/six,               /simple/six/",
        "/simple/Six/,              /simple/six/",
        "/simple/Foo._-Bar,         /simple/foo-bar/",
        "/simple/json,              /simple/json/",
        "/Six,                      /six/",
        "/zope.interface/,          /zope-interface/",
        "/pypi/Six/json,            /pypi/six/json",
        "/Six/1.0/json,             /pypi/six/1.0/json",
        "/integrity/Six/1.0/six-1.0.tar.gz/provenance, /integrity/six/1.0/six-1.0.tar.gz/provenance",
    })
    void otherSpellingsMoveToTheOneThatClientsAsk(String path, String target) {
        assertThat(resolve(path)).isEqualTo(new Resource.Moved(target));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/simple/", "/"})
    void theListOfAllProjectsIsPassedOn(String path) {
        Index root = (Index) resolve(path);
        assertThat(root.path()).isEqualTo("/simple/");
        assertThat(root.rendering()).isNull();
        assertThat(root.links()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                PIP + " | json",
                "application/vnd.pypi.simple.v1+json;q=0.5, text/html;q=0.01 | json",
                "*/* | html",
                "'' | html",
                "text/html | html",
                "text/html,application/xhtml+xml,*/*;q=0.8 | html",
                "application/vnd.pypi.simple.v1+html | html-v1",
                "application/vnd.pypi.simple.latest+html | html-v1",
                "application/vnd.pypi.simple.latest+json | json",
                "application/vnd.pypi.simple.v1+json;q=0.1, text/html | html",
                "application/vnd.pypi.simple.v1+json, */*;q=0.5 | json",
            })
    void theFormIsNegotiated(String accept, String rendering) {
        Index page = (Index) pypi.resolve(new Ask("GET", "/simple/six/", "", Accept.parse(accept)))
                .orElseThrow();
        assertThat(requireNonNull(page.rendering()).name()).isEqualTo(rendering);
        assertThat(requireNonNull(page.rendering()).contentType())
                .isEqualTo(
                        switch (rendering) {
                            case "json" -> "application/vnd.pypi.simple.v1+json";
                            case "html" -> "text/html";
                            default -> "application/vnd.pypi.simple.v1+html";
                        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "image/png", "text/html;q=0"})
    void nothingAcceptableIsRefused(String accept) {
        Resource.Refused refused =
                (Resource.Refused) pypi.resolve(new Ask("GET", "/simple/six/", "", Accept.parse(accept)))
                        .orElseThrow();
        assertThat(refused.status()).isEqualTo(406);
    }

    @Test
    void theQueryOverridesTheHeader() {
        Ask json = new Ask(
                "GET", "/simple/six/", "format=application%2Fvnd.pypi.simple.v1%2Bjson", Accept.parse("text/html"));
        Index page = (Index) pypi.resolve(json).orElseThrow();
        assertThat(requireNonNull(page.rendering()).name()).isEqualTo("json");
        assertThat(pypi.resolve(new Ask("GET", "/simple/six/", "format=text/plain", Accept.ANY)))
                .containsInstanceOf(Resource.Refused.class);
    }

    @ParameterizedTest
    @CsvSource({
        "six,       six-1.16.0-py2.py3-none-any.whl,                    1.16.0",
        "six,       six-1.16.0-py2.py3-none-any.whl.metadata,           1.16.0",
        "six,       six-1.16.0.tar.gz.asc,                              1.16.0",
        "torch,     torch-2.0+cpu-cp311-cp311-linux_x86_64.whl,         2.0+cpu",
        "charset-normalizer, charset_normalizer-3.1.0-2-py3-none-any.whl, 3.1.0",
        "foo-bar,   Foo.Bar-1.0.tar.gz,                                 1.0",
        "foo-bar,   foo-bar-1!2.0.post1.dev3.zip,                       1!2.0.post1.dev3",
        "foo-1,     foo-1-2.0.tar.gz,                                   2.0",
        "foo,       foo-1.0-py3.8.egg,                                  1.0",
        "foo,       foo-1.0-1.tgz,                                      1.0-1",
        "foo,       foo-bar-1.0.tar.gz,                                 -",
        "foo,       foo-1.0.linux-x86_64.tar.gz,                        -",
        "foo,       foo-1.0.win32-py2.7.exe,                            -",
        "foo,       foo-simple.json.tar.gz,                             -",
        "foo,       other-1.0-py3-none-any.whl,                         -",
        "foo,       foo-2004d.tar.gz,                                   -",
    })
    void filesAreArtifactsThatTheirPageLists(String project, String file, String version) {
        String path = "/files/" + project + "/0123456789abcdef/" + file;
        Artifact artifact = (Artifact) resolve(path);
        assertThat(artifact.path()).isEqualTo(path);
        assertThat(artifact.place()).isEqualTo(project + "/" + version + "/" + file);
        assertThat(artifact.origin()).isEqualTo(new Origin.Linked());
        assertThat(artifact.contentType()).isNull();
        assertThat(artifact.coordinates())
                .isEqualTo(new Coordinates("pypi", project, version.equals("-") ? null : version));
        Index page = ((Checksum.Listed) artifact.checksum()).indexes().getFirst();
        assertThat(page.path()).isEqualTo("/simple/" + project + "/");
        assertThat(page.links()).isEqualTo(new PyPiLinks(project));
    }

    @ParameterizedTest
    @CsvSource({
        "/pypi/six/json,        /pypi/six/json,         six/project.json,       ",
        "/six/json,             /pypi/six/json,         six/project.json,       ",
        "/pypi/six/1.0/json,    /pypi/six/1.0/json,     six/json/1.0.json,      1.0",
        "/six/1!1.0+x/json,     /pypi/six/1!1.0+x/json, six/json/1!1.0+x.json,  1!1.0+x",
        "/pypi/json,            /pypi/pypi/json,        pypi/project.json,      ",
    })
    void theOlderJsonDocumentsAreIndexes(String path, String canonical, String place, @Nullable String version) {
        Index index = (Index) resolve(path);
        assertThat(index.path()).isEqualTo(canonical);
        assertThat(index.place()).isEqualTo(place);
        assertThat(requireNonNull(index.coordinates()).version()).isEqualTo(version);
        assertThat(requireNonNull(index.rendering()).name()).isEqualTo("legacy");
    }

    @Test
    void attestationsAreAnIndex() {
        Index index = (Index) resolve("/integrity/six/1.0/six-1.0.tar.gz/provenance");
        assertThat(index.place()).isEqualTo("six/provenance/1.0/six-1.0.tar.gz.json");
        assertThat(index.rendering()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/simple/-six/",
                "/simple/s ix/",
                "/simple/six/extra",
                "/simple/six/index.html",
                "/files/six/0123456789abcdef/.hidden",
                "/files/six/0123456789abcdef/",
                "/files/six/0123456789ABCDEF/six-1.0.tar.gz",
                "/files/six/012345/six-1.0.tar.gz",
                "/files/Six/0123456789abcdef/six-1.0.tar.gz",
                "/packages/source/s/six/six-1.0.tar.gz",
                "/pypi/six/1.0/x/json",
                "/integrity/six/1.0/six-1.0.tar.gz",
                "/\u00e4/",
            })
    void anythingElseIsNoPath(String path) {
        assertThat(pypi.resolve(Ask.get(path))).isEmpty();
    }

    @Test
    void headIsResolvedLikeGetAndNothingIsWritten() {
        assertThat(pypi.resolve(new Ask("HEAD", "/simple/six/", "", Accept.ANY)))
                .isEqualTo(pypi.resolve(Ask.get("/simple/six/")));
        for (String path : new String[] {"/", "/pypi", "/legacy/"}) {
            Resource.Refused refused = (Resource.Refused)
                    pypi.resolve(new Ask("POST", path, "", Accept.ANY)).orElseThrow();
            assertThat(refused.status()).isEqualTo(405);
        }
    }

    private Resource resolve(String path) {
        return pypi.resolve(Ask.get(path)).orElseThrow();
    }
}

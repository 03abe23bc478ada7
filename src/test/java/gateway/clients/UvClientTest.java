package gateway.clients;

import java.net.URI;
import java.util.List;
import java.util.SortedMap;

/** uv. */
class UvClientTest extends ClientContract {

    @Override
    List<String> mounts() {
        return List.of("pypi");
    }

    @Override
    Sample sample(Home home) {
        return PythonPackages.SAMPLE;
    }

    @Override
    void install(Home home, URI gateway) {
        home.write("project/pyproject.toml", """
                [project]
                name = "project"
                version = "1.0.0"
                requires-python = ">=3.9"
                dependencies = ["click==8.1.8", "idna==3.10", "packaging==24.2"]
                """);
        home.set("UV_NO_CONFIG", "1")
                .set("UV_DEFAULT_INDEX", gateway + "/pypi/simple/")
                .set("UV_CACHE_DIR", home.file("cache"))
                .set("UV_LINK_MODE", "copy")
                .set("UV_HTTP_RETRIES", "1")
                .set("UV_PYTHON", Tools.python().resolve("bin/python"))
                .set("UV_PYTHON_DOWNLOADS", "never");
        home.run(Tools.uv(), "sync");
    }

    @Override
    SortedMap<String, String> installed(Home home, URI gateway) {
        SortedMap<String, String> files =
                Tree.of(home.file("project/.venv"), path -> path.contains("/site-packages/") && !path.endsWith(".pyc"));
        files.put("uv.lock", home.digest("project/uv.lock", gateway));
        return files;
    }
}

package gateway.clients;

import java.net.URI;
import java.util.List;
import java.util.SortedMap;

/** pip, which is told the hashes of all that it may install. */
class PipClientTest extends ClientContract {

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
        home.write("project/requirements.txt", PythonPackages.HASHED);
        home.set("PIP_CONFIG_FILE", "/dev/null")
                .set("PIP_INDEX_URL", gateway + "/pypi/simple/")
                .set("PIP_NO_CACHE_DIR", "1")
                .set("PIP_RETRIES", "1");
        home.run(
                Tools.pip(),
                "install",
                "--no-compile",
                "--require-hashes",
                "--target",
                home.file("installed"),
                "-r",
                "requirements.txt");
    }

    @Override
    SortedMap<String, String> installed(Home home, URI gateway) {
        return Tree.of(home.file("installed"));
    }
}

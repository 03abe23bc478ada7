package gateway.clients;

import java.io.IOException;
import java.net.URI;

/** nuget as it was before V3, on mono. */
class OldNuGetClientTest extends NuGetContract {

    @Override
    Sample sample(Home home) throws IOException {
        return new Sample("/v2/package/Demo.Base/1.0.0", registry().sha256(), "Demo.Base.1.0.0.nupkg");
    }

    @Override
    String upstreams(URI relay) {
        return "upstream: { nuget: { url: \"%1$s/nuget\", hosts: { v2: \"%1$s/nuget/v2\" } } }\n".formatted(relay);
    }

    @Override
    void install(Home home, URI gateway) {
        home.run(
                Tools.oldNuget(),
                "install",
                "Demo.Top",
                "-NonInteractive",
                "-NoCache",
                "-Source",
                gateway + "/nuget/v2",
                "-OutputDirectory",
                "packages");
    }
}

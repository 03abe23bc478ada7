package gateway.clients;

import java.io.IOException;
import java.net.URI;

/** nuget of our days, on mono: V3. */
class NuGetClientTest extends NuGetContract {

    @Override
    Sample sample(Home home) throws IOException {
        return new Sample(
                "/v3/flat/demo.base/1.0.0/demo.base.1.0.0.nupkg", registry().sha256(), "Demo.Base.1.0.0.nupkg");
    }

    @Override
    void install(Home home, URI gateway) {
        home.write("project/NuGet.Config", """
                <?xml version="1.0" encoding="utf-8"?>
                <configuration>
                  <packageSources>
                    <clear />
                    <add key="gateway" value="%s/nuget/v3/index.json" protocolVersion="3" />
                  </packageSources>
                </configuration>
                """.formatted(gateway));
        home.set("NUGET_PACKAGES", home.file("packages")).set("NUGET_HTTP_CACHE_PATH", home.file("cache"));
        home.run(
                Tools.mono(),
                Tools.nuget(),
                "install",
                "Demo.Top",
                "-NonInteractive",
                "-ConfigFile",
                "NuGet.Config",
                "-OutputDirectory",
                "packages");
    }
}

package gateway.format;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs each format to say what the path of an artifact is; the pipeline remembers the answer for paths asked for often. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ResolvingBenchmark {

    private static final Map<String, String> PATHS = Map.ofEntries(
            Map.entry("npm", "/@babel/core/-/core-7.24.0.tgz"),
            Map.entry("maven", "/org/slf4j/slf4j-api/2.0.13/slf4j-api-2.0.13.jar"),
            Map.entry("pypi", "/files/requests/0123456789abcdef/requests-2.32.3-py3-none-any.whl"),
            Map.entry("cargo", "/api/v1/crates/serde/1.0.203/download"),
            Map.entry("go", "/golang.org/x/text/@v/v0.16.0.zip"),
            Map.entry("debian", "/pool/main/h/hello/hello_2.10-3_amd64.deb"),
            Map.entry("composer", "/p2/monolog/monolog.json"),
            Map.entry("conda", "/conda-forge/noarch/six-1.16.0-pyh6c4a22f_0.tar.bz2"),
            Map.entry("gem", "/gems/rake-13.2.1.gem"),
            Map.entry("hex", "/tarballs/jason-1.4.1.tar"),
            Map.entry("pub", "/api/packages/http"),
            Map.entry("nuget", "/v3-flatcontainer/newtonsoft.json/13.0.3/newtonsoft.json.13.0.3.nupkg"),
            Map.entry("cran", "/src/contrib/digest_0.6.35.tar.gz"),
            Map.entry("gradle", "/cache/0123456789abcdef0123456789abcdef"),
            Map.entry("conan", "/v2/conans/zlib/1.3.1/_/_/latest"));

    @Param({
        "npm", "maven", "pypi", "cargo", "go", "debian", "composer", "conda", "gem", "hex", "pub", "nuget", "cran", "gradle",
        "conan"
    })
    String format = "npm";

    private Format resolver = new Npm();
    private Ask ask = Ask.get("/");

    @Setup
    public void choose() {
        resolver = Formats.named(format).orElseThrow();
        ask = Ask.get(PATHS.get(format));
        if (resolver.resolve(ask).isEmpty()) {
            throw new IllegalStateException(format + " knows no " + ask.path());
        }
    }

    @Benchmark
    public Optional<Resource> resolve() {
        return resolver.resolve(ask);
    }
}

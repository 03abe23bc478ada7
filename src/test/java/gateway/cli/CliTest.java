package gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.settings.Listen;
import gateway.settings.Log;
import gateway.settings.Settings;
import gateway.settings.SettingsException;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CliTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-listen :9",
                "--listen :9",
                "-listen=:9",
                "--listen=:9",
                "serve -listen :9",
                "serve --listen=:9",
                "-listen :9 serve",
                "-listen :8 serve -listen :9",
            })
    void theServerStartsWithOrWithoutItsCommand(String line) {
        CommandLineRun run = CommandLineRun.of(line.split(" ", -1));

        assertThat(run).isEqualTo(new CommandLineRun(0, "", "", run.served()));
        assertThat(run.served()).singleElement().extracting(Settings::listen).isEqualTo(new Listen("", 9));
    }

    @Test
    void everyFlagArrives() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yaml"), "shutdown: { grace: 1s }");
        Settings settings = CommandLineRun.of(
                        "-config",
                        file.toString(),
                        "-listen",
                        ":1",
                        "-base-url",
                        "http://gw",
                        "-storage",
                        "s",
                        "-database",
                        "d",
                        "-log-level",
                        "warn",
                        "-log-format",
                        "json")
                .served()
                .getFirst();

        assertThat(settings.shutdown().grace()).hasSeconds(1);
        assertThat(settings.baseUrl()).isEqualTo(URI.create("http://gw"));
        assertThat(settings.storage().path()).isEqualTo(Path.of("s"));
        assertThat(settings.database().path()).isEqualTo(Path.of("d"));
        assertThat(settings.log()).isEqualTo(new Log(Log.Level.WARN, Log.Format.JSON));
    }

    @Test
    void theEnvironmentArrivesAndTheExitStatusComesBack() {
        CommandLineRun run = CommandLineRun.of(
                Map.of("PROXY_LISTEN", "127.0.0.1:5"), (_, _) -> 7, CommandLineRun.NO_DATABASE, new String[0]);

        assertThat(run.status()).isEqualTo(7);
        assertThat(run.served().getFirst().listen()).isEqualTo(new Listen("127.0.0.1", 5));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -lisen :9            | unknown flag -lisen (did you mean -listen?); see gateway -help
            --lisen=:9           | unknown flag -lisen (did you mean -listen?); see gateway -help
            -verbose             | unknown flag -verbose; see gateway -help
            serve -x             | unknown flag -x; see gateway serve -help
            stats -jsn           | unknown flag -jsn (did you mean -json?); see gateway stats -help
            stats -listen :9     | unknown flag -listen; see gateway stats -help
            serv                 | unknown command serv (did you mean serve?); see gateway -help
            something            | unknown command something; see gateway -help
            -listen              | flag -listen needs a value; see gateway -help
            -listen -storage s   | flag -listen needs a value; see gateway -help
            stats --recent       | flag -recent needs a value; see gateway stats -help
            -listen :1 -listen :2 | flag -listen is given twice; see gateway -help
            stats -popular ten   | -popular: "ten" is not a number from 0 to 1000
            stats -recent 1001   | -recent: "1001" is not a number from 0 to 1000
            stats -recent=-1     | -recent: "-1" is not a number from 0 to 1000
            -listen 9            | -listen: "9" is not an address; write for example :8080, 127.0.0.1:3000 or [::1]:8080
            -config /no/such     | /no/such: no such file
            stats -config /no/such | /no/such: no such file
            """)
    void aMistakeIsOneLineAndStatus2(String line, String message) {
        CommandLineRun run = CommandLineRun.of(line.split(" ", -1));

        assertThat(run).isEqualTo(new CommandLineRun(2, "", "gateway: " + message + "\n", List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "'Address already in use', 'the address is in use; stop the other program or choose another address with -listen'",
        "'Permission denied', 'not permitted; ports below 1024 need a privilege, choose a higher one with -listen'",
        "'Cannot assign requested address', 'this machine has no such address'",
    })
    void anAddressThatCannotBeListenedOn(String problem, String explanation) {
        Serve serve = (_, _) -> {
            throw new IllegalStateException("unable to start", new BindException(problem));
        };
        CommandLineRun run = CommandLineRun.of(serve, "-listen", "127.0.0.1:9");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).isEqualTo("gateway: cannot listen on 127.0.0.1:9: " + explanation + "\n");
    }

    @Test
    void settingsThatOnlyTheServerFindsBadAreAMistakeToo() {
        CommandLineRun run = CommandLineRun.of((_, _) -> {
            throw new SettingsException("network.ca_file: holds no certificate");
        });

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).isEqualTo("gateway: network.ca_file: holds no certificate\n");
    }

    @Test
    void somethingUnexpectedIsOneLineToo() {
        CommandLineRun run = CommandLineRun.of((_, _) -> {
            throw new IllegalStateException("two\nlines");
        });

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("gateway: failed: java.lang.IllegalStateException: two lines\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-version", "--version", "serve -version"})
    void theVersionIsPrinted(String line) {
        CommandLineRun run = CommandLineRun.of(line.split(" ", -1));

        assertThat(run.status()).isZero();
        assertThat(run.out()).isEqualTo("gateway 1.2.3 (Java " + Runtime.version() + ")\n");
        assertThat(run.served()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-h", "-help", "--help", "serve -help", "-listen :9 --help"})
    void helpIsPrintedAndNothingIsDone(String line) {
        assertThat(CommandLineRun.of(line.split(" ", -1)))
                .isEqualTo(new CommandLineRun(0, HelpText.SERVE, "", List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"stats -h", "stats -help", "stats --help"})
    void helpForStats(String line) {
        assertThat(CommandLineRun.of(line.split(" ", -1)))
                .isEqualTo(new CommandLineRun(0, HelpText.STATS, "", List.of()));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpNamesEveryFlagAndNoOtherAndFitsATerminal(Object command, String help) {
        List<String> flags = new CommandLine(command)
                .getCommandSpec().optionsMap().keySet().stream()
                        .map(name -> name.replaceFirst("^--", "-"))
                        .distinct()
                        .toList();
        List<String> named = help.lines()
                .filter(line -> line.startsWith("  -"))
                .flatMap(line -> List.of(line.strip().split(", | +", 3)).stream())
                .filter(word -> word.startsWith("-"))
                .toList();

        assertThat(named).containsExactlyInAnyOrderElementsOf(flags);
        assertThat(help.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    private static List<Object[]> commands() {
        return List.of(
                new Object[] {new ServeCommand(Map.of(), (_, _) -> 0), HelpText.SERVE},
                new Object[] {new StatsCommand(Map.of(), CommandLineRun.NO_DATABASE), HelpText.STATS},
                new Object[] {new ProjectCommand(Map.of()), HelpText.PROJECT},
                new Object[] {new TokenCommand(Map.of()), HelpText.TOKEN});
    }
}

package gateway.cli;

import gateway.catalog.CatalogException;
import gateway.settings.Listen;
import gateway.settings.Settings;
import java.net.BindException;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;
import reactor.netty.ChannelBindException;

/** {@code gateway serve}, and {@code gateway} alone. */
@Command
final class ServeCommand implements Callable<Integer> {

    @Mixin
    final Flags.OfServer flags = new Flags.OfServer();

    @ParentCommand
    private @Nullable ServeCommand parent;

    private final Map<String, String> environment;
    private final Serve serve;

    ServeCommand(Map<String, String> environment, Serve serve) {
        this.environment = environment;
        this.serve = serve;
    }

    @Override
    public Integer call() throws Exception {
        Map<String, String> weaker = parent == null ? Map.of() : parent.flags.given();
        Settings settings = flags.settings(environment, weaker);
        try {
            return serve.run(settings, () -> flags.settings(environment, weaker));
        } catch (CatalogException e) {
            throw new CommandException(String.valueOf(e.getMessage()), Cli.MISTAKE, e);
        } catch (Exception e) {
            if (causes(e).anyMatch(c -> c instanceof BindException || c instanceof ChannelBindException)) {
                throw new CommandException(cannotListen(settings.listen(), e), Cli.MISTAKE, e);
            }
            throw e;
        }
    }

    private static String cannotListen(Listen listen, Exception e) {
        String reasons = causes(e).map(Throwable::getMessage).collect(Collectors.joining(" "));
        String reason = "the address is in use; stop the other program or choose another address with -listen";
        if (reasons.contains("Permission denied")) {
            reason = "not permitted; ports below 1024 need a privilege, choose a higher one with -listen";
        } else if (reasons.contains("Cannot assign requested address")) {
            reason = "this machine has no such address";
        }
        return "cannot listen on " + listen + ": " + reason;
    }

    private static Stream<Throwable> causes(Throwable e) {
        return Stream.<Throwable>iterate(e, cause -> cause != null, Throwable::getCause)
                .limit(20);
    }
}

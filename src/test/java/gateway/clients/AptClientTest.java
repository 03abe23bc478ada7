package gateway.clients;

import java.net.URI;
import java.util.List;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** apt of this very system, in a root of its own in which nothing is installed. */
class AptClientTest extends ClientContract {

    private static final Pattern FILE = Pattern.compile("(?m)^Filename: (.+)$");
    private static final Pattern SHA256 = Pattern.compile("(?m)^SHA256: (.+)$");

    @Override
    List<String> mounts() {
        return List.of("debian", "debian-security");
    }

    /** Versions change with the archive, so its signed listing is asked. */
    @Override
    Sample sample(Home home) {
        String listed = configured(home).run(Tools.apt().resolveSibling("apt-cache"), "show", "hello");
        String file = "/" + first(FILE, listed);
        return new Sample(file, first(SHA256, listed), file.substring(file.lastIndexOf('/') + 1));
    }

    @Override
    void install(Home home, URI gateway) {
        String suite = Tools.say("sh", "-c", ". /etc/os-release && echo $VERSION_CODENAME")
                .strip();
        String signed = "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] " + gateway;
        home.write("root/etc/apt/sources.list", """
                %1$s/debian %2$s main
                %1$s/debian %2$s-updates main
                %1$s/debian-security %2$s-security main
                """.formatted(signed, suite));
        home.write("root/var/lib/dpkg/status", "");
        for (String folder : List.of(
                "etc/apt/preferences.d",
                "etc/apt/apt.conf.d",
                "var/lib/apt/lists/partial",
                "var/cache/apt/archives/partial",
                "var/log/apt")) {
            home.folder("root/" + folder);
        }
        home.write("apt.conf", """
                Dir "%s/";
                Dir::State::status "%s";
                APT::Architecture "%s";
                APT::Sandbox::User "%s";
                APT::Update::Error-Mode "any";
                Acquire::Languages "none";
                Acquire::Retries "0";
                """.formatted(
                        home.file("root"),
                        home.file("root/var/lib/dpkg/status"),
                        Tools.say("dpkg", "--print-architecture").strip(),
                        System.getProperty("user.name")));
        configured(home);
        home.run(Tools.apt(), "-q", "update");
        home.run(
                Tools.apt(),
                "-q",
                "-y",
                "--no-install-recommends",
                "--download-only",
                "install",
                "figlet",
                "hello",
                "sl",
                "tree");
    }

    @Override
    SortedMap<String, String> installed(Home home, URI gateway) {
        return Tree.of(home.file("root/var/cache/apt/archives"), path -> path.endsWith(".deb"));
    }

    private static Home configured(Home home) {
        return home.set("APT_CONFIG", home.file("apt.conf"));
    }

    private static String first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException("no " + pattern + " in:\n" + text);
        }
        return matcher.group(1);
    }
}

package gateway.clients;

/** mvn in a throw-away home, which knows no settings but those that it is given. */
final class Maven {

    private Maven() {}

    /** Runs a goal on the project of the home. */
    static void run(Home home, String settings, String goal) {
        home.write("settings.xml", settings);
        home.write("global.xml", "<settings/>");
        home.set("JAVA_HOME", System.getProperty("java.home"))
                .set("MAVEN_SKIP_RC", "1")
                // Java does not ask HOME.
                .set("MAVEN_OPTS", "-Duser.home=" + home.file(""));
        home.run(
                Tools.mvn(),
                "-B",
                "-ntp",
                "-s",
                home.file("settings.xml"),
                "-gs",
                home.file("global.xml"),
                "-Dmaven.repo.local=" + home.file("repository"),
                goal);
    }
}

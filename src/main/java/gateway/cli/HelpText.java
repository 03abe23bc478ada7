package gateway.cli;

/** What {@code -help} prints: short enough to be read at three in the morning. A test holds it to the flags. */
final class HelpText {

    private HelpText() {}

    static final String SERVE = """
            gateway: a pull-through cache for package registries

              gateway [serve] [flags]   run the server
              gateway stats [flags]     show what is cached, see gateway stats -help
              gateway verify [flags]    check all cached files, see gateway verify -help
              gateway rebuild [flags]   make the database anew, see gateway rebuild -help
              gateway project ACTION    projects and members, see gateway project -help
              gateway token ACTION      tokens, see gateway token -help

            Flags, with one or two dashes        (environment variable, default)
              -config FILE       settings in YAML or JSON
              -listen ADDR       address to listen on
                                 (PROXY_LISTEN, :8080)
              -base-url URL      the gateway's URL as clients see it
                                 (PROXY_BASE_URL, made from -listen)
              -storage DIR       folder of the cached files
                                 (PROXY_STORAGE_PATH, ./cache/artifacts)
              -database FILE     database of what is cached
                                 (PROXY_DATABASE_PATH, ./cache/proxy.db)
              -log-level LEVEL   debug, info, warn or error
                                 (PROXY_LOG_LEVEL, info)
              -log-format FORM   text or json
                                 (PROXY_LOG_FORMAT, text)
              -version           print the version
              -help, -h          print this

            PROXY_STORAGE_MAX_SIZE limits the cached files: 500MB, 10GB, 1.5TB (no limit).
            Flags win over the environment, the environment over the file.

            Examples
              gateway
              gateway -listen 127.0.0.1:3000 -storage /var/cache/gateway
              gateway -config /etc/gateway.yaml -base-url https://packages.example.com
              PROXY_STORAGE_MAX_SIZE=50GB gateway
            """;

    static final String STATS = """
            gateway stats: show what is cached, with or without a running server

            Flags, with one or two dashes        (environment variable, default)
              -json              print JSON
              -popular N         how many of the most popular (10)
              -recent N          how many of the last cached (10)
              -config FILE       settings in YAML or JSON
              -database FILE     database of what is cached
                                 (PROXY_DATABASE_PATH, ./cache/proxy.db)
              -storage DIR       folder of the cached files
                                 (PROXY_STORAGE_PATH, ./cache/artifacts)
              -help, -h          print this

            Examples
              gateway stats
              gateway stats -popular 25 -recent 0
              gateway stats -json -database /var/lib/gateway/proxy.db
            """;

    static final String VERIFY = """
            gateway verify: check all cached files, while no server runs

            Hashes every file again and compares files, manifests and database. Exit status 0
            when all is well, 1 when something was found, 2 when it cannot be checked.

            Flags, with one or two dashes        (environment variable, default)
              -repair            move damaged files into .quarantine in the storage folder
                                 and forget what lacks its bytes, which is then fetched again
              -json              print JSON, one line for each finding and a last one with totals
              -config FILE       settings in YAML or JSON
              -database FILE     database of what is cached
                                 (PROXY_DATABASE_PATH, ./cache/proxy.db)
              -storage DIR       folder of the cached files
                                 (PROXY_STORAGE_PATH, ./cache/artifacts)
              -help, -h          print this

            Examples
              gateway verify
              gateway verify -repair -config /etc/gateway.yaml
            """;

    static final String REBUILD = """
            gateway rebuild: make the database anew from the cached files, while no server runs

            The old database is kept beside the new one; how often a file was used is lost.

            Flags, with one or two dashes        (environment variable, default)
              -config FILE       settings in YAML or JSON
              -database FILE     database of what is cached
                                 (PROXY_DATABASE_PATH, ./cache/proxy.db)
              -storage DIR       folder of the cached files
                                 (PROXY_STORAGE_PATH, ./cache/artifacts)
              -help, -h          print this

            Examples
              gateway rebuild
              gateway rebuild -storage /var/cache/gateway -database /var/lib/gateway/proxy.db
            """;

    static final String PROJECT = """
            gateway project: projects and members of the gateway that runs here

              gateway project list
              gateway project create PATH [-id N] [-visibility V]
              gateway project show PROJECT
              gateway project change PROJECT -visibility V
              gateway project delete PROJECT
              gateway project members PROJECT
              gateway project member PROJECT USER ROLE

            PROJECT is a number or a path such as acme/app, ROLE is guest, reporter,
            developer, maintainer, owner or none. The administrator's token is read
            from PROXY_ADMIN_TOKEN, else from admin.token in the settings.

            Flags, with one or two dashes        (environment variable, default)
              -id N              number of the new project (the next one)
              -visibility V      public, internal or private (private)
              -json              print JSON
              -config FILE       settings in YAML or JSON
              -database FILE     database of what is cached; finds the server
                                 (PROXY_DATABASE_PATH, ./cache/proxy.db)
              -storage DIR       folder of the cached files
                                 (PROXY_STORAGE_PATH, ./cache/artifacts)
              -help, -h          print this

            Examples
              gateway project create acme/app -visibility private
              gateway project member acme/app dana developer
            """;

    static final String TOKEN = """
            gateway token: tokens of users, projects and groups

              gateway token create -user NAME -scopes api|read_api
              gateway token create -project PROJECT -scopes LIST [-name USERNAME]
              gateway token create -group PATH -scopes LIST [-name USERNAME]
              gateway token list -user NAME | -project PROJECT | -group PATH
              gateway token revoke NUMBER -user NAME | -project PROJECT | -group PATH

            Tokens of projects and groups may have read_package_registry and
            write_package_registry. A token is shown once, when it is made. The
            administrator's token is read from PROXY_ADMIN_TOKEN, else from
            admin.token in the settings.

            Flags, with one or two dashes        (environment variable, default)
              -user NAME         whose token: a user's
              -project PROJECT   or a project's, by number or path
              -group PATH        or that of all projects whose path begins so
              -name NAME         user name of the token in Basic (deploy), or what
                                 a user calls it (gateway)
              -scopes LIST       what it may do, with commas between
              -expires DATE      first day on which it is no more valid (never)
              -json              print JSON
              -config FILE       settings in YAML or JSON
              -database FILE     database of what is cached; finds the server
                                 (PROXY_DATABASE_PATH, ./cache/proxy.db)
              -storage DIR       folder of the cached files
                                 (PROXY_STORAGE_PATH, ./cache/artifacts)
              -help, -h          print this

            Examples
              gateway token create -user dana -scopes api -expires 2030-12-31
              gateway token create -project acme/app -name ci -scopes read_package_registry
            """;
}

package gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two gateways that share nothing, behind one nginx, as the README has it. */
@Tag("clients")
class BehindNginxTest {

    private static final int FILES = 40;
    private static final int CLIENTS = 8;
    /** Answers between two restarts, so that each meets some. */
    private static final int LOAD = 300;

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path folder;

    private final List<byte[]> files = new ArrayList<>();
    private final AtomicInteger answers = new AtomicInteger();
    private final Queue<String> lost = new ConcurrentLinkedQueue<>();

    @Test
    void one_after_the_other_is_restarted_and_no_request_is_lost() throws Exception {
        try (FakeUpstream upstream = FakeUpstream.start();
                GatewayProcess one = new GatewayProcess(folder.resolve("one"));
                GatewayProcess two = new GatewayProcess(folder.resolve("two"))) {
            for (int i = 0; i < FILES; i++) {
                byte[] file = new byte[i % 4 == 0 ? 3_000_000 : 20_000];
                new Random(i).nextBytes(file);
                files.add(file);
                upstream.serve(path(i), file).etag("\"" + i + "\"");
            }
            URI front = GatewayProcess.nobody();
            String configuration = "upstream: { maven: \"" + upstream.url() + "\" }";
            one.start(configuration, front);
            two.start(configuration, front);
            Process nginx = nginx(front.getPort(), one.address(), two.address());
            AtomicBoolean over = new AtomicBoolean();
            List<Thread> clients = new ArrayList<>();
            try {
                await().ignoreExceptions()
                        .until(() -> PipelineClient.get(front.getPort(), "/health/live")
                                        .status()
                                == 200);
                for (int i = 0; i < CLIENTS; i++) {
                    Random random = new Random(i);
                    clients.add(Thread.ofPlatform().start(() -> load(front.getPort(), random, over)));
                }
                for (int round = 0; round < 2; round++) {
                    for (GatewayProcess gateway : List.of(one, two)) {
                        awaitAnswers();
                        gateway.close();
                        awaitAnswers();
                        gateway.start(configuration, front);
                    }
                }
                awaitAnswers();
            } finally {
                over.set(true);
                for (Thread client : clients) {
                    client.join();
                }
                nginx.destroy();
                nginx.waitFor(1, TimeUnit.MINUTES);
            }
            assertThat(lost).isEmpty();
        }
    }

    private void awaitAnswers() {
        int before = answers.get();
        await().atMost(Duration.ofMinutes(3)).until(() -> answers.get() >= before + LOAD || !lost.isEmpty());
    }

    private void load(int port, Random random, AtomicBoolean over) {
        while (!over.get()) {
            int file = random.nextInt(FILES);
            try {
                PipelineAnswer answer = PipelineClient.get(port, "/maven" + path(file), "Connection: close");
                if (answer.status() != 200
                        || !answer.whole()
                        || !answer.sha256().equals(PipelineAnswer.sha256(files.get(file)))) {
                    lost.add(file + ": " + answer.status() + " whole=" + answer.whole() + " " + answer.text());
                }
            } catch (IOException e) {
                lost.add(file + ": " + e);
            }
            answers.incrementAndGet();
        }
    }

    private static String path(int file) {
        return "/org/example/demo/" + file + "/demo-" + file + ".jar";
    }

    private Process nginx(int port, URI one, URI two) throws IOException {
        Path home = Files.createDirectory(folder.resolve("nginx"));
        Path configuration = Files.writeString(home.resolve("nginx.conf"), """
                %s
                worker_processes 1;
                daemon off;
                pid nginx.pid;
                error_log error.log warn;
                events { worker_connections 512; }
                http {
                    access_log off;
                    client_body_temp_path body;
                    proxy_temp_path proxy;
                    fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi;
                    scgi_temp_path scgi;
                    upstream gateways {
                        # One failure must not count for ten seconds: by then it may be the only one.
                        server %s max_fails=0;
                        server %s max_fails=0;
                        keepalive 16;
                    }
                    server {
                        listen 127.0.0.1:%d;
                        location / {
                            proxy_pass http://gateways;
                            proxy_http_version 1.1;
                            proxy_set_header Connection "";
                            proxy_set_header Host $host;
                            proxy_buffering off;
                            # The other one is asked while this one stops or starts.
                            proxy_next_upstream error timeout http_502 http_503 http_504;
                        }
                    }
                }
                """.formatted(
                        System.getProperty("user.name").equals("root") ? "user root;" : "",
                        one.getAuthority(),
                        two.getAuthority(),
                        port));
        return new ProcessBuilder(
                        Tools.nginx().toString(),
                        "-p",
                        home + "/",
                        "-e",
                        home + "/error.log",
                        "-c",
                        configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("output.log").toFile())
                .start();
    }
}

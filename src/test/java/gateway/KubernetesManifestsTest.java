package gateway;

import static gateway.KubernetesManifests.FOLDER;
import static gateway.KubernetesManifests.SAMPLE;
import static gateway.KubernetesManifests.all;
import static gateway.KubernetesManifests.configMap;
import static gateway.KubernetesManifests.container;
import static gateway.KubernetesManifests.deployment;
import static gateway.KubernetesManifests.kustomization;
import static gateway.KubernetesManifests.only;
import static gateway.KubernetesManifests.pod;
import static gateway.KubernetesManifests.read;
import static gateway.KubernetesManifests.text;
import static gateway.KubernetesManifests.volume;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gateway.settings.Log;
import gateway.settings.Settings;
import gateway.settings.SettingsLoader;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The manifests of {@code k8s/} are well formed, agree with each other and with the product, and ask for no rights. */
class KubernetesManifestsTest {
    @Test
    void every_manifest_has_only_known_fields_of_the_right_type() throws IOException {
        try (var files = Files.list(FOLDER)) {
            var manifests =
                    files.filter(file -> file.toString().endsWith(".yaml")).toList();
            assertThat(manifests).hasSizeGreaterThanOrEqualTo(8);
            for (var manifest : manifests) {
                assertThat(read(Files.readString(manifest))).as("%s", manifest).isNotEmpty();
            }
        }
    }

    @Test
    void an_unknown_field_fails_at_any_depth() throws IOException {
        var deployment = Files.readString(FOLDER.resolve("deployment.yaml"));
        for (var wrong : List.of(
                deployment.replace("replicas: 1", "replicaz: 1"),
                deployment.replace("readOnlyRootFilesystem:", "readOnlyRootFileSystem:"),
                deployment.replace("    spec:\n      automount", "    spec:\n      surprise: 1\n      automount"))) {
            assertThat(wrong).isNotEqualTo(deployment);
            assertThatThrownBy(() -> read(wrong)).hasMessageContaining("Unrecognized property");
        }
    }

    @Test
    void a_value_of_the_wrong_type_fails() throws IOException {
        var deployment = Files.readString(FOLDER.resolve("deployment.yaml"));
        var environment = Files.readString(FOLDER.resolve("configmap.yaml"));
        for (var wrong : List.of(
                deployment.replace("replicas: 1", "replicas: \"1\""),
                deployment.replace("runAsNonRoot: true", "runAsNonRoot: \"yes\""),
                deployment.replace("args: [serve, -config, /etc/gateway/gateway.yaml]", "args: serve"),
                deployment.replace("scrape: \"true\"", "scrape: true"),
                environment.replace("PROXY_LOG_LEVEL: info", "PROXY_LOG_LEVEL: 1"),
                deployment.replace("kind: Deployment", "kind: Deploymint"),
                deployment.replace("  replicas: 1", "  replicas: 1\n  replicas: 1"))) {
            assertThat(wrong).isNotIn(deployment, environment);
            assertThatThrownBy(() -> read(wrong)).as(wrong).isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void the_kustomization_names_every_manifest_but_the_sample_secret() throws IOException {
        try (var files = Files.list(FOLDER)) {
            var expected = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".yaml"))
                    .filter(name -> !List.of("kustomization.yaml", SAMPLE).contains(name))
                    .toList();
            assertThat(kustomization().resources()).containsExactlyInAnyOrderElementsOf(expected);
        }
        var image = kustomization().images().getFirst();
        assertThat(container().getImage()).isEqualTo(image.name() + ":" + image.newTag());
    }

    @Test
    void selectors_find_the_pod() throws IOException {
        var labels = deployment().getSpec().getTemplate().getMetadata().getLabels();
        assertThat(deployment().getSpec().getSelector().getMatchLabels()).isEqualTo(labels);
        assertThat(only(Service.class).getSpec().getSelector()).isEqualTo(labels);
        assertThat(only(PodDisruptionBudget.class).getSpec().getSelector().getMatchLabels())
                .isEqualTo(labels);
        for (var manifest : all()) {
            assertThat(manifest.getMetadata().getLabels())
                    .as("%s", manifest.getKind())
                    .isEqualTo(labels);
        }
    }

    @Test
    void a_request_finds_its_way_from_the_ingress_to_the_port() throws IOException {
        var rule = only(Ingress.class).getSpec().getRules().getFirst();
        var backend = rule.getHttp().getPaths().getFirst().getBackend().getService();
        var service = only(Service.class);
        assertThat(backend.getName()).isEqualTo(service.getMetadata().getName());
        var port = service.getSpec().getPorts().getFirst();
        assertThat(backend.getPort().getName()).isEqualTo(port.getName());
        assertThat(port.getTargetPort().getStrVal())
                .isEqualTo(container().getPorts().getFirst().getName());
        assertThat(only(Ingress.class).getSpec().getTls().getFirst().getHosts()).containsExactly(rule.getHost());
    }

    @Test
    void the_pod_mounts_what_the_other_manifests_declare() throws IOException {
        assertThat(volume("data").getPersistentVolumeClaim().getClaimName())
                .isEqualTo(only(PersistentVolumeClaim.class).getMetadata().getName());
        assertThat(configMap(volume("config").getConfigMap().getName()).getData())
                .containsKey("gateway.yaml");
        assertThat(volume("tmp").getEmptyDir()).isNotNull();
        assertThat(container().getVolumeMounts())
                .allSatisfy(mount -> assertThat(volume(mount.getName())).isNotNull());

        assertThat(configMap(container().getEnvFrom().get(0).getConfigMapRef().getName())
                        .getData())
                .allSatisfy((name, value) -> assertThat(name).startsWith("PROXY_"));
        var secret = container().getEnvFrom().get(1).getSecretRef();
        assertThat(secret.getName()).isEqualTo(only(Secret.class).getMetadata().getName());
        assertThat(secret.getOptional()).isTrue();
    }

    @Test
    void one_replica_owns_the_embedded_database() throws IOException {
        assertThat(deployment().getSpec().getReplicas()).isEqualTo(1);
        assertThat(deployment().getSpec().getStrategy().getType()).isEqualTo("Recreate");
        assertThat(only(PodDisruptionBudget.class).getSpec().getMaxUnavailable().getIntVal())
                .isEqualTo(1);
        assertThat(only(PersistentVolumeClaim.class).getSpec().getAccessModes()).containsExactly("ReadWriteOnce");
    }

    @Test
    void the_pod_has_no_rights_that_it_does_not_need() throws IOException {
        assertThat(pod().getAutomountServiceAccountToken()).isFalse();
        assertThat(pod().getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod().getSecurityContext().getRunAsUser()).isPositive();
        assertThat(pod().getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        var security = container().getSecurityContext();
        assertThat(security.getReadOnlyRootFilesystem()).isTrue();
        assertThat(security.getAllowPrivilegeEscalation()).isFalse();
        assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(container().getResources().getRequests()).containsKeys("cpu", "memory");
        assertThat(container().getResources().getLimits()).containsKeys("cpu", "memory");
    }

    @Test
    void probes_ask_the_health_endpoints_on_the_named_port() throws IOException {
        assertProbe("/health/live", container().getStartupProbe().getHttpGet());
        assertProbe("/health/live", container().getLivenessProbe().getHttpGet());
        assertProbe("/health/ready", container().getReadinessProbe().getHttpGet());
    }

    @Test
    void the_product_reads_the_settings_of_the_config_map(@TempDir Path folder) throws IOException {
        var settings = settings(folder);
        assertThat(settings.listen().port())
                .isEqualTo(container().getPorts().getFirst().getContainerPort());
        assertThat(settings.warnings()).isEmpty();
        assertThat(settings.log().format()).isEqualTo(Log.Format.JSON);

        var host = only(Ingress.class).getSpec().getRules().getFirst().getHost();
        assertThat(settings.baseUrl()).hasHost(host).hasScheme("https");

        var data = Path.of(mount("data").getMountPath());
        assertThat(settings.storage().path()).startsWithRaw(data);
        assertThat(settings.database().path()).startsWithRaw(data);
        assertThat(settings.storage().maxSizeBytes())
                .isBetween(1L, volumeSize().multiply(BigDecimal.valueOf(0.9)).longValue());
        assertThat(deployment().getSpec().getTemplate().getSpec().getTerminationGracePeriodSeconds())
                .isGreaterThanOrEqualTo(settings.shutdown().grace().toSeconds() + 10);
    }

    @Test
    void the_commented_lines_of_the_config_map_are_right_too(@TempDir Path folder) throws IOException {
        var data = text("gateway", "gateway.yaml");
        var complete = data.lines()
                .map(line -> line.matches("# ( *- |upstream:|  maven:|network:).*") ? line.substring(2) : line)
                .collect(Collectors.joining("\n"));
        assertThat(complete).isNotEqualTo(data);
        var file = Files.writeString(folder.resolve("gateway.yaml"), complete);
        var settings = SettingsLoader.load(environment(), Optional.of(file), Map.of());
        assertThat(settings.repositories())
                .anySatisfy(repository -> assertThat(repository.upstreams())
                        .anySatisfy(upstream -> assertThat(upstream.name()).isEqualTo("internal")));
    }

    /** The settings as the pod sees them: its file, and the environment that ConfigMap and Secret make. */
    private static Settings settings(Path folder) throws IOException {
        var file = container().getArgs().getLast();
        assertThat(container().getArgs()).containsExactly("serve", "-config", file);
        var config = mount("config");
        assertThat(file).startsWith(config.getMountPath() + "/");
        var key = file.substring(config.getMountPath().length() + 1);
        var text = text(volume("config").getConfigMap().getName(), key);
        return SettingsLoader.load(
                environment(), Optional.of(Files.writeString(folder.resolve("gateway.yaml"), text)), Map.of());
    }

    private static Map<String, String> environment() throws IOException {
        var environment = new HashMap<>(configMap("gateway-env").getData());
        environment.putAll(only(Secret.class).getStringData());
        return environment;
    }

    private static VolumeMount mount(String name) throws IOException {
        return container().getVolumeMounts().stream()
                .filter(mount -> mount.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static BigDecimal volumeSize() throws IOException {
        var requests =
                only(PersistentVolumeClaim.class).getSpec().getResources().getRequests();
        return Quantity.getAmountInBytes(requests.get("storage"));
    }

    private static void assertProbe(String path, HTTPGetAction probe) throws IOException {
        assertThat(probe.getPath()).isEqualTo(path);
        assertThat(probe.getPort().getStrVal())
                .isEqualTo(container().getPorts().getFirst().getName());
    }
}

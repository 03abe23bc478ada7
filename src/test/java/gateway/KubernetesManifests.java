package gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** Reads {@code k8s/} as strictly as the cluster's own API does, and finds what tests ask for. */
final class KubernetesManifests {
    static final Path FOLDER = Path.of("k8s");
    static final String SAMPLE = "secret-sample.yaml";

    private static final Map<String, Class<?>> KINDS = Map.of(
            "v1 ConfigMap", ConfigMap.class,
            "v1 Secret", Secret.class,
            "v1 PersistentVolumeClaim", PersistentVolumeClaim.class,
            "v1 Service", Service.class,
            "apps/v1 Deployment", Deployment.class,
            "networking.k8s.io/v1 Ingress", Ingress.class,
            "policy/v1 PodDisruptionBudget", PodDisruptionBudget.class,
            "kustomize.config.k8s.io/v1beta1 Kustomization", Kustomization.class);

    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(LogicalType.Textual, config -> {
                config.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
                config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                config.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
            })
            .annotationIntrospector(new NoCatchAll())
            .build();

    private KubernetesManifests() {}

    private static List<HasMetadata> load(String yaml) {
        return read(yaml).stream()
                .filter(HasMetadata.class::isInstance)
                .map(HasMetadata.class::cast)
                .toList();
    }

    /** Every document of a file, each as the type that its apiVersion and kind name. */
    static List<Object> read(String yaml) {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        var documents = new ArrayList<Object>();
        for (var document : new Yaml(new SafeConstructor(options)).loadAll(yaml)) {
            var fields = (Map<?, ?>) document;
            var type = KINDS.get(fields.get("apiVersion") + " " + fields.get("kind"));
            if (type == null) {
                throw new IllegalArgumentException("unknown apiVersion and kind: " + fields);
            }
            documents.add(STRICT.convertValue(document, type));
        }
        return documents;
    }

    static List<HasMetadata> all() throws IOException {
        var manifests = new ArrayList<>(load(Files.readString(FOLDER.resolve(SAMPLE))));
        for (var name : kustomization().resources()) {
            manifests.addAll(load(Files.readString(FOLDER.resolve(name))));
        }
        return manifests;
    }

    static <T extends HasMetadata> T only(Class<T> type) throws IOException {
        var found = all().stream().filter(type::isInstance).map(type::cast).toList();
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    static ConfigMap configMap(String name) throws IOException {
        return all().stream()
                .filter(ConfigMap.class::isInstance)
                .map(ConfigMap.class::cast)
                .filter(map -> map.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static String text(String configMap, String key) throws IOException {
        return Objects.requireNonNull(configMap(configMap).getData().get(key), key);
    }

    static Kustomization kustomization() throws IOException {
        return (Kustomization)
                read(Files.readString(FOLDER.resolve("kustomization.yaml"))).getFirst();
    }

    static Deployment deployment() throws IOException {
        return only(Deployment.class);
    }

    static PodSpec pod() throws IOException {
        return deployment().getSpec().getTemplate().getSpec();
    }

    static Container container() throws IOException {
        assertThat(pod().getContainers()).hasSize(1);
        return pod().getContainers().getFirst();
    }

    static Volume volume(String name) throws IOException {
        return pod().getVolumes().stream()
                .filter(volume -> volume.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** What kustomization.yaml may say here; there is no published model of it to load it with. */
    record Kustomization(String apiVersion, String kind, List<String> resources, List<Image> images) {
        record Image(String name, String newTag) {}
    }

    /** The models collect unknown fields in a map of their own; without it they are errors, as they are on a cluster. */
    private static final class NoCatchAll extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;

        @Override
        public Boolean hasAnySetter(MapperConfig<?> config, Annotated annotated) {
            return false;
        }
    }
}

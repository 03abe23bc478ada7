package gateway.settings;

import gateway.settings.Organisation.DeclaredGroup;
import gateway.settings.Organisation.Published;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** Reads {@code admin}, {@code secrets}, {@code features}, {@code packages}, {@code projects} and {@code groups}. */
final class OrganisationReader {
    private static final int KEY_BYTES = 32;
    private static final int SHORTEST_TOKEN = 16;

    private OrganisationReader() {}

    static Organisation read(Node.Mapping root, Map<String, String> environment) {
        Node.Mapping admin = root.mapping("admin").only(List.of("token"));
        Secret token = pick(admin, "token", "PROXY_ADMIN_TOKEN", environment)
                .map(OrganisationReader::token)
                .orElse(null);
        List<Organisation.DeclaredProject> projects = ProjectsReader.read(root.sequence("projects"));
        List<DeclaredGroup> groups =
                root.sequence("groups").stream().map(OrganisationReader::group).toList();
        boolean on = token != null || !projects.isEmpty() || !groups.isEmpty();
        return new Organisation(token, keys(root, environment), features(root, on), published(root), projects, groups);
    }

    // An empty variable is what compose files make of one that is not set.
    private static Optional<Node.Scalar> pick(
            Node.Mapping fields, String key, String variable, Map<String, String> environment) {
        String value = environment.getOrDefault(variable, "");
        return value.isEmpty() ? fields.scalar(key) : Optional.of(new Node.Scalar(variable, value));
    }

    /** What is short can be guessed. */
    static Secret token(Node.Scalar value) {
        Secret token = value.asSecret();
        if (token.value().length() < SHORTEST_TOKEN) {
            throw new SettingsException(value.label() + ": is shorter than " + SHORTEST_TOKEN
                    + " characters; make one by: openssl rand -hex 24");
        }
        return token;
    }

    private static Keys keys(Node.Mapping root, Map<String, String> environment) {
        Node.Mapping fields = root.mapping("secrets").only(List.of("key", "previous_keys"));
        SecretKey current = pick(fields, "key", "PROXY_SECRET_KEY", environment)
                .map(OrganisationReader::key)
                .orElse(null);
        return new Keys(
                current,
                fields.sequence("previous_keys").stream()
                        .map(item -> key(item.asScalar()))
                        .toList());
    }

    private static SecretKey key(Node.Scalar value) {
        String text = value.asSecret().value().strip();
        byte[] bytes = bytes(text);
        if (bytes.length != KEY_BYTES) {
            throw new SettingsException(
                    value.label() + ": is not 32 bytes in base64 or hex; make a key by: openssl rand -base64 32");
        }
        return new SecretKeySpec(bytes, "AES");
    }

    private static byte[] bytes(String text) {
        try {
            return text.length() == 2 * KEY_BYTES
                    ? HexFormat.of().parseHex(text)
                    : Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            // Nothing of it may be shown.
            return new byte[0];
        }
    }

    private static Features features(Node.Mapping root, boolean on) {
        Node.Mapping fields = root.mapping("features").only(List.of("packages", "dependency_proxy", "go_proxy"));
        Features wanted =
                new Features(flag(fields, "packages"), flag(fields, "dependency_proxy"), flag(fields, "go_proxy"));
        return on ? wanted : Organisation.NONE.features();
    }

    private static Published published(Node.Mapping root) {
        Node.Mapping fields = root.mapping("packages").only(List.of("max_size", "duplicates"));
        return new Published(
                fields.scalar("max_size")
                        .map(value -> value.as(ByteSize::parse))
                        .orElse(Published.USUAL.maxSize()),
                fields.scalar("duplicates")
                        .map(value -> value.as(OrganisationReader::allowed))
                        .orElse(true));
    }

    private static boolean allowed(String text) {
        return switch (text) {
            case "allow" -> true;
            case "refuse" -> false;
            default -> throw new Rejected("is neither allow nor refuse");
        };
    }

    private static boolean flag(Node.Mapping fields, String key) {
        return fields.scalar(key).map(Node.Scalar::asBoolean).orElse(true);
    }

    private static DeclaredGroup group(Node node) {
        Node.Mapping fields = node.asMapping().only(List.of("path", "deploy_tokens"));
        return new DeclaredGroup(
                fields.required("path").as(ProjectsReader::groupPath), ProjectsReader.deployTokens(fields));
    }
}

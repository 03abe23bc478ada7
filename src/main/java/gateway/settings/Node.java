package gateway.settings;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A part of a configuration document, with the path of keys that leads to it. */
sealed interface Node {

    /** What a complaint begins with: {@code storage.max_size}, {@code PROXY_LISTEN} or {@code -listen}. */
    String label();

    /**
     * A single value. YAML's own types are not used: 0123 as a password stays 0123.
     *
     * @param text with the environment put in
     * @param written as it stands in the document, which is what a message may show of a value that can hold a secret
     */
    record Scalar(String label, String text, String written) implements Node {

        Scalar(String label, String text) {
            this(label, text, text);
        }

        <T> T as(Function<String, T> parse) {
            try {
                return parse.apply(text);
            } catch (Rejected e) {
                throw new SettingsException(label + ": " + quoted(text) + " " + e.reason());
            }
        }

        boolean asBoolean() {
            return as(value -> switch (value) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new Rejected("is neither true nor false");
            });
        }

        /** A value of which nothing is printed. */
        Secret asSecret() {
            if (text.isEmpty()) {
                throw new SettingsException(label + ": is empty");
            }
            if (text.chars().anyMatch(Character::isISOControl)) {
                throw new SettingsException(label + ": holds a control character, perhaps a line break at its end");
            }
            return new Secret(text);
        }
    }

    /** Values by key, in the order of the document. */
    record Mapping(String label, Map<String, Node> fields) implements Node {

        /** Refuses every other key. */
        Mapping only(Collection<String> known) {
            for (String key : fields.keySet()) {
                if (!known.contains(key)) {
                    throw new SettingsException(at(key) + ": unknown key; "
                            + Suggestion.of(key, known)
                                    .map(close -> "did you mean " + close + "?")
                                    .orElseGet(() ->
                                            known.stream().collect(Collectors.joining(", ", "known here: ", ""))));
                }
            }
            return this;
        }

        Optional<Scalar> scalar(String key) {
            return Optional.ofNullable(fields.get(key)).map(Node::asScalar);
        }

        Scalar required(String key) {
            return scalar(key).orElseThrow(() -> new SettingsException(at(key) + ": is missing"));
        }

        /** Empty when the key is absent. */
        Mapping mapping(String key) {
            Node node = fields.get(key);
            return node == null ? new Mapping(at(key), Map.of()) : node.asMapping();
        }

        /** Empty when the key is absent. */
        List<Node> sequence(String key) {
            return switch (fields.get(key)) {
                case null -> List.of();
                case Sequence sequence -> sequence.items();
                case Scalar _, Mapping _ -> throw new SettingsException(at(key) + ": must be a list");
            };
        }

        private String at(String key) {
            return label.isEmpty() ? key : label + "." + key;
        }
    }

    /** A list. */
    record Sequence(String label, List<Node> items) implements Node {}

    /** A value for a one-line message. */
    static String quoted(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ");
        return "\"" + (line.length() > 100 ? line.substring(0, 100) + "..." : line) + "\"";
    }

    default Scalar asScalar() {
        if (this instanceof Scalar scalar) {
            return scalar;
        }
        throw new SettingsException(label() + ": must be a single value");
    }

    default Mapping asMapping() {
        if (this instanceof Mapping mapping) {
            return mapping;
        }
        throw new SettingsException(label() + ": must be a set of keys, each with a value");
    }
}

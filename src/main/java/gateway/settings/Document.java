package gateway.settings;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a YAML or JSON document into {@link Node}s. A text that begins with a brace is JSON. A key without a value, as
 * when everything below it is commented out, counts as absent.
 *
 * @param name what a complaint about the document as a whole begins with
 */
record Document(String name, Variables variables) {

    private static final int DEEPEST = 20;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    static Node.Mapping read(Path file, Map<String, String> environment) {
        try {
            return new Document(file.toString(), new Variables(environment))
                    .parse(Files.readString(file).replaceFirst("^\uFEFF", ""));
        } catch (NoSuchFileException e) {
            throw new SettingsException(file + ": no such file");
        } catch (AccessDeniedException e) {
            throw new SettingsException(file + ": may not be read by this user");
        } catch (CharacterCodingException e) {
            throw new SettingsException(file + ": is not UTF-8 text");
        } catch (IOException e) {
            throw new SettingsException(
                    file + ": cannot be read" + (Files.isDirectory(file) ? ", it is a folder" : ""));
        }
    }

    Node.Mapping parse(String text) {
        Node root = text.stripLeading().startsWith("{") ? json(text) : yaml(text);
        return switch (root) {
            case null -> new Node.Mapping("", Map.of());
            case Node.Mapping mapping -> mapping;
            case Node.Scalar _, Node.Sequence _ ->
                throw new SettingsException(name + ": must hold keys, for example listen: \":8080\"");
        };
    }

    private @Nullable Node json(String text) {
        try {
            return convert("", JSON.readTree(text), 0);
        } catch (JacksonException e) {
            // Of a number that is too long it is not known.
            @Nullable TokenStreamLocation where = e.getLocation();
            throw new SettingsException(name + ": is not valid JSON"
                    + (where == null ? "" : ": line " + where.getLineNr() + ", column " + where.getColumnNr())
                    + (isDuplicate(e) ? ": a key is given twice" : ""));
        }
    }

    private static boolean isDuplicate(JacksonException e) {
        return e.getOriginalMessage().startsWith("Duplicate");
    }

    private @Nullable Node convert(String label, JsonNode node, int depth) {
        limit(label, depth);
        if (node.isObject()) {
            Map<String, Node> fields = new LinkedHashMap<>();
            node.forEachEntry((key, value) -> put(fields, key, convert(join(label, key), value, depth + 1)));
            return new Node.Mapping(label, fields);
        }
        if (node.isArray()) {
            List<Node> items = new ArrayList<>();
            node.forEach(item -> add(items, label, convert(label + "[" + items.size() + "]", item, depth + 1)));
            return new Node.Sequence(label, items);
        }
        return node.isNull() ? null : variables.resolve(label, node.asString());
    }

    private @Nullable Node yaml(String text) {
        try {
            var root = new Yaml(new SafeConstructor(new LoaderOptions())).compose(new StringReader(text));
            return root == null ? null : convert("", root, 0);
        } catch (MarkedYAMLException e) {
            var mark = e.getProblemMark();
            throw new SettingsException(name + ": is not valid YAML: line " + (mark.getLine() + 1) + ", column "
                    + (mark.getColumn() + 1) + ": " + harmless(e.getProblem()));
        } catch (YAMLException e) {
            throw new SettingsException(name + ": is not valid YAML");
        }
    }

    // The parser quotes the text in these cases, and that may be a password that nobody put in quotes.
    private static String harmless(@Nullable String problem) {
        if (problem == null || problem.contains("alias") || problem.contains("anchor") || problem.contains("tag")) {
            return "put values that begin with *, & or ! in quotes";
        }
        return problem;
    }

    private @Nullable Node convert(String label, org.yaml.snakeyaml.nodes.Node node, int depth) {
        limit(label, depth);
        return switch (node) {
            case MappingNode mapping -> {
                Map<String, Node> fields = new LinkedHashMap<>();
                for (var entry : mapping.getValue()) {
                    if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                        throw new SettingsException(name + ": line "
                                + (entry.getKeyNode().getStartMark().getLine() + 1) + ": a key must be a single word");
                    }
                    if (fields.containsKey(key.getValue())) {
                        throw new SettingsException(join(label, key.getValue()) + ": is given twice");
                    }
                    put(fields, key.getValue(), convert(join(label, key.getValue()), entry.getValueNode(), depth + 1));
                }
                yield new Node.Mapping(label, fields);
            }
            case SequenceNode sequence -> {
                List<Node> items = new ArrayList<>();
                sequence.getValue()
                        .forEach(item -> add(items, label, convert(label + "[" + items.size() + "]", item, depth + 1)));
                yield new Node.Sequence(label, items);
            }
            case ScalarNode scalar when scalar.isPlain() && scalar.getTag().equals(Tag.NULL) -> null;
            case ScalarNode scalar -> variables.resolve(label, scalar.getValue());
            default -> throw new SettingsException(label + ": holds a kind of YAML that is not understood here");
        };
    }

    private static void put(Map<String, Node> fields, String key, @Nullable Node value) {
        if (value != null) {
            fields.put(key, value);
        }
    }

    private static void add(List<Node> items, String label, @Nullable Node item) {
        if (item == null) {
            throw new SettingsException(label + "[" + items.size() + "]: is empty");
        }
        items.add(item);
    }

    private static String join(String label, String key) {
        return label.isEmpty() ? key : label + "." + key;
    }

    // An anchor can contain itself.
    private static void limit(String label, int depth) {
        if (depth > DEEPEST) {
            throw new SettingsException(label.split("[.\\[]", 2)[0] + ": is nested too deeply");
        }
    }
}

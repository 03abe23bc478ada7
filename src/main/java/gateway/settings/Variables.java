package gateway.settings;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts the environment into values: <code>${NAME}</code>, or <code>${NAME:-default}</code> where the variable may be
 * unset or empty. A doubled dollar sign before the brace stands for a plain one.
 */
record Variables(Map<String, String> environment) {

    private static final Pattern REFERENCE =
            Pattern.compile("\\$\\$\\{|\\$\\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(?<or>:-(?<default>[^}]*))?}|\\$\\{");

    Node.Scalar resolve(String label, String written) {
        Matcher reference = REFERENCE.matcher(written);
        StringBuilder text = new StringBuilder();
        while (reference.find()) {
            reference.appendReplacement(text, Matcher.quoteReplacement(value(label, reference)));
        }
        return new Node.Scalar(label, reference.appendTail(text).toString(), written);
    }

    private String value(String label, Matcher reference) {
        if (reference.group().equals("$${")) {
            return "${";
        }
        String name = reference.group("name");
        if (name == null) {
            throw new SettingsException(
                    label + ": holds a ${ that begins no ${NAME} or ${NAME:-default}; write $${ for a plain one");
        }
        String value = environment.get(name);
        if (reference.group("or") != null) {
            return value == null || value.isEmpty() ? reference.group("default") : value;
        }
        if (value == null) {
            throw new SettingsException(label + ": the environment variable " + name + " is not set");
        }
        return value;
    }
}

package gateway.format;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A wheel, an egg or a source distribution of a Python project.
 *
 * @param project in its normal spelling
 * @param version in its normal spelling
 * @param file its name, which says both
 */
public record PyPiDistribution(String project, String version, String file) {

    /** Segments of a path: no slashes, no signs that URLs and shells have other uses for. */
    private static final Pattern FILE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+!-]{0,254}");

    /**
     * The distribution that somebody publishes.
     *
     * @throws IllegalArgumentException with what is wrong with it, in words for whoever publishes
     */
    public static PyPiDistribution of(String name, String version, String file) {
        if (!PyPiNames.isProject(name)) {
            throw new IllegalArgumentException(
                    "name is invalid: letters, digits, dots, hyphens and underscores make one");
        }
        String normal = PyPiNames.normaliseVersion(version);
        if (normal == null) {
            throw new IllegalArgumentException("version is invalid: 1.0, 2.1rc1 or 3.0.post1 are versions");
        }
        if (!FILE.matcher(file).matches() || !PyPiNames.isDistribution(file)) {
            throw new IllegalArgumentException("the file must be a wheel or a source distribution, and be called so");
        }
        PyPiDistribution distribution = new PyPiDistribution(PyPiNames.normalise(name), normal, file);
        if (!named(file).contains(distribution)) {
            throw new IllegalArgumentException(
                    "the file " + file + " is not called as one of " + distribution.project + " " + normal);
        }
        return distribution;
    }

    /** All distributions that a file of this name may be: where hyphens stand in names, the name alone cannot tell. */
    public static List<PyPiDistribution> named(String file) {
        List<PyPiDistribution> all = new ArrayList<>();
        for (int dash = file.indexOf('-'); dash > 0; dash = file.indexOf('-', dash + 1)) {
            String name = file.substring(0, dash);
            if (PyPiNames.isProject(name)) {
                String project = PyPiNames.normalise(name);
                String said = PyPiNames.version(project, file);
                String version = said == null ? null : PyPiNames.normaliseVersion(said);
                if (version != null) {
                    all.add(new PyPiDistribution(project, version, file));
                }
            }
        }
        return all;
    }

    /** Whether files of this name are listed on project pages, and are not what stands beside such files. */
    public static boolean isDistribution(String file) {
        return PyPiNames.isDistribution(file);
    }

    /** How projects are compared; null when no project can be called so. */
    public static @Nullable String project(String name) {
        return PyPiNames.isProject(name) ? PyPiNames.normalise(name) : null;
    }

    public boolean isWheel() {
        return file.endsWith(".whl");
    }

    /** Where it is in a registry. */
    public String path() {
        return "/" + project + "/" + version + "/" + file;
    }
}

package gateway.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A parsed {@code Accept} header (RFC 9110, section 12.5.1). */
public record Accept(List<Range> ranges) {

    /** No header: everything is welcome. */
    public static final Accept ANY = new Accept(List.of(new Range("*/*", 1)));

    /**
     * One media range with its weight.
     *
     * @param type lower-case {@code type/subtype}, either part possibly {@code *}
     * @param quality weight between 0 and 1
     */
    public record Range(String type, double quality) {}

    /** Reads the header; null or blank means {@link #ANY}; members that cannot be read are skipped. */
    public static Accept parse(@org.jspecify.annotations.Nullable String header) {
        if (header == null || header.isBlank() || header.equals("*/*")) {
            return ANY;
        }
        List<Range> ranges = new ArrayList<>();
        for (String member : header.split(",")) {
            String[] parts = member.split(";", -1);
            String type = parts[0].strip().toLowerCase(Locale.ROOT);
            if (type.indexOf('/') > 0) {
                ranges.add(new Range(type, quality(parts)));
            }
        }
        return ranges.isEmpty() ? ANY : new Accept(List.copyOf(ranges));
    }

    /** Whether the header names exactly this type, not by a wildcard, with a weight above zero. */
    public boolean names(String type) {
        return ranges.stream().anyMatch(range -> range.type().equals(type) && range.quality() > 0);
    }

    /** Weight of a media type: the most specific matching range decides, 0 when none matches. */
    public double quality(String type) {
        String family = type.substring(0, type.indexOf('/')) + "/*";
        double quality = 0;
        int best = 0;
        for (Range range : ranges) {
            int specific = range.type().equals(type)
                    ? 3
                    : range.type().equals(family) ? 2 : range.type().equals("*/*") ? 1 : 0;
            if (specific > best) {
                best = specific;
                quality = range.quality();
            }
        }
        return quality;
    }

    /** The offered type the client likes best; the earlier one wins a tie; empty when none is acceptable. */
    public Optional<String> best(List<String> offered) {
        String best = null;
        double quality = 0;
        for (String type : offered) {
            double q = quality(type);
            if (q > quality) {
                best = type;
                quality = q;
            }
        }
        return Optional.ofNullable(best);
    }

    private static double quality(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip();
            if (parameter.startsWith("q=") || parameter.startsWith("Q=")) {
                try {
                    return Math.clamp(Double.parseDouble(parameter.substring(2)), 0, 1);
                } catch (NumberFormatException e) {
                    return 1;
                }
            }
        }
        return 1;
    }
}

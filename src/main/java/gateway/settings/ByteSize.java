package gateway.settings;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: kB, MB, GB and TB are powers of 1000; KiB, MiB, GiB and TiB are powers of 1024. */
public final class ByteSize {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,19}(?:\\.[0-9]{1,9})?) ?([A-Za-z]*)");
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};
    private static final String HELP = "is not a size; write for example 10GB";

    private ByteSize() {}

    static long parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new Rejected(HELP);
        }
        BigInteger bytes = new BigDecimal(form.group(1))
                .multiply(BigDecimal.valueOf(factor(form.group(2))))
                .toBigInteger();
        if (bytes.bitLength() > 63) {
            throw new Rejected(HELP);
        }
        return bytes.longValueExact();
    }

    private static long factor(String unit) {
        return switch (unit.toLowerCase(Locale.ROOT)) {
            case "", "b" -> 1;
            case "kb" -> 1_000;
            case "mb" -> 1_000_000;
            case "gb" -> 1_000_000_000;
            case "tb" -> 1_000_000_000_000L;
            case "kib" -> 1L << 10;
            case "mib" -> 1L << 20;
            case "gib" -> 1L << 30;
            case "tib" -> 1L << 40;
            default -> throw new Rejected(HELP);
        };
    }

    /** For people, in powers of 1000: {@code 512 B}, {@code 1.5 GB}. */
    public static String human(long bytes) {
        double value = bytes;
        int unit = 0;
        // 999.95 would be printed as 1000.0.
        while (value >= 999.95 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }
}

package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Copies a JSON document byte for byte, but for the values that its user edits, drops or diverts.
 *
 * <p>The user walks down where it cares: {@link #object} names each member to a {@link Member}, which calls at most one
 * of {@link #keep}, {@link #drop}, {@link #divert}, {@link #edit} and {@link #object} for its value; a member left
 * alone is kept. Separators follow from that by themselves. Memory is one window, whatever the size of the document.
 */
final class JsonSplice extends JsonScanner {

    /** Sees the members of an object in the order in which they come. */
    @FunctionalInterface
    interface Member {
        void at(String key) throws IOException;
    }

    /** Something done at one place of the document. */
    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }

    private static final String ESCAPES = "\"\\/bfnrt";
    private static final String ESCAPED = "\"\\/\b\f\n\r\t";
    private static final Step NOTHING = () -> {};
    private static final OutputStream NOWHERE = OutputStream.nullOutputStream();

    /** Whether the object that is being read has got no member into its copy yet. */
    private boolean first = true;

    /** Where, from {@link #held} on, the comma stands that leads in the member; -1 for none. */
    private int comma = -1;

    JsonSplice(InputStream in, OutputStream out) {
        super(in, out);
    }

    /** For reading alone: what is not diverted goes nowhere. */
    static JsonSplice reader(InputStream in) {
        return new JsonSplice(in, NOWHERE);
    }

    /** Copies the whole document, which must be an object. */
    void document(Member member, Step ending) throws IOException {
        if (next() != '{') {
            throw unexpected();
        }
        object(member, ending);
        finish();
    }

    /** Copies the whole document, which must be an array. */
    void elements(Step element) throws IOException {
        if (next() != '[') {
            throw unexpected();
        }
        array(element);
        finish();
    }

    void document(Member member) throws IOException {
        document(member, NOTHING);
    }

    /** Goes into the value if it is an object, else keeps it. */
    void object(Member member) throws IOException {
        object(member, NOTHING);
    }

    /** @param ending runs before the closing brace and may {@link #add} */
    void object(Member member, Step ending) throws IOException {
        if (next() != '{') {
            keep();
            return;
        }
        commit();
        first = true;
        enter();
        hold();
        if (next() != '}') {
            member(member);
            for (hold(); next() != '}'; hold()) {
                comma = position - held;
                expect(',');
                member(member);
            }
        }
        held = -1;
        ending.run();
        first = false;
        leave();
    }

    /** Goes into the value if it is an array, else keeps it; the step deals with one element and leaves none out. */
    void array(Step element) throws IOException {
        if (next() != '[') {
            keep();
            return;
        }
        commit();
        enter();
        if (next() != ']') {
            element.run();
            while (next() != ']') {
                expect(',');
                next();
                element.run();
            }
        }
        first = false;
        leave();
    }

    /** Whether the value is an array. */
    boolean isArray() throws IOException {
        return next() == '[';
    }

    /** Whether the value is an object. */
    boolean isObject() throws IOException {
        return next() == '{';
    }

    /** Copies the value as it is. */
    void keep() throws IOException {
        commit();
        value();
    }

    /** Leaves the member out. */
    void drop() throws IOException {
        divert(NOWHERE, this::value);
    }

    /** Leaves the member out as {@link #drop} does, but names what is in its value. */
    void drop(Member member) throws IOException {
        divert(NOWHERE, () -> object(member));
    }

    /** Leaves the member out and writes its value, as the step deals with it, to another stream. */
    void divert(OutputStream other, Step step) throws IOException {
        write(held < 0 ? position : held);
        start = position;
        held = -1;
        boolean outerFirst = first;
        OutputStream outer = out;
        out = other;
        step.run();
        write(position);
        out = outer;
        first = outerFirst;
    }

    /** Writes what the editor makes of a string in its place; a value that is no string is kept. */
    void edit(UnaryOperator<String> editor) throws IOException {
        if (next() != '"') {
            keep();
            return;
        }
        commit();
        held = position;
        string();
        String old = text(held + 1);
        String edited = editor.apply(old);
        if (!edited.equals(old)) {
            write(held);
            start = position;
            put(quote(edited));
        }
        held = -1;
    }

    /** Writes what the editor makes of a small value, as JSON, in its place. */
    void exchange(UnaryOperator<String> editor) throws IOException {
        next();
        commit();
        held = position;
        value();
        String old = new String(window, held, position - held, StandardCharsets.UTF_8);
        String edited = editor.apply(old);
        if (!edited.equals(old)) {
            write(held);
            start = position;
            put(edited);
        }
        held = -1;
    }

    /** Reads a string and keeps it; a value that is no string is kept unread. */
    void read(Consumer<String> reader) throws IOException {
        edit(text -> {
            reader.accept(text);
            return text;
        });
    }

    /** Appends a member to the object that is ending. */
    void add(String key, String json) throws IOException {
        write(position);
        put((first ? "" : ",") + quote(key) + ":" + json);
        first = false;
    }

    /** The text as a JSON string. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 16).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append("\\u00").append(HexFormat.of().toHexDigits((byte) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    private void member(Member member) throws IOException {
        if (next() != '"') {
            throw unexpected();
        }
        int key = position + 1 - held;
        string();
        String text = text(held + key);
        expect(':');
        next();
        member.at(text);
        if (held >= 0) {
            keep();
        }
    }

    /** From here on it is open whether the bytes are written, until it is known what becomes of the member. */
    private void hold() {
        held = position;
        comma = -1;
    }

    /** The member stays; but the first that does needs no comma, whatever stood before it. */
    private void commit() throws IOException {
        if (held < 0) {
            return;
        }
        if (first && comma >= 0) {
            write(held + comma);
            start++;
        }
        first = false;
        held = -1;
    }

    private void finish() throws IOException {
        end();
        write(position);
        out.flush();
    }

    private void put(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Decodes the string that was just passed, from the byte after its opening quote. */
    private String text(int from) {
        String raw = new String(window, from, position - 1 - from, StandardCharsets.UTF_8);
        int escape = raw.indexOf('\\');
        if (escape < 0) {
            return raw;
        }
        StringBuilder text = new StringBuilder(raw.length()).append(raw, 0, escape);
        for (int i = escape; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c != '\\') {
                text.append(c);
            } else if (raw.charAt(++i) != 'u') {
                text.append(ESCAPED.charAt(ESCAPES.indexOf(raw.charAt(i))));
            } else {
                text.append((char) HexFormat.fromHexDigits(raw, i + 1, i + 5));
                i += 4;
            }
        }
        return text.toString();
    }
}

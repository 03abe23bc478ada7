package gateway.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSpliceTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                " \r\n\t{ } \n",
                "{\"a\":1}",
                "{ \"a\" : [ ] , \"b\" : [ 1 , [ {} ] ] }",
                "{\"a\":-0,\"b\":0.5,\"c\":-12.25e+10,\"d\":1E-3,\"e\":10}",
                "{\"a\":true,\"b\":false,\"c\":null}",
                "{\"\":\"\",\"a\\\"b\":\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"}",
                "{\"a\":1,\"a\":{\"a\":2}}",
                "{\"käse\":\"grüße 漢字 😀, long enough for several steps of eight bytes\"}"
            })
    void copiesEveryDocumentAsItIs(String document) throws IOException {
        assertThat(splice(document, (json, key) -> {})).isEqualTo(document);
        assertThat(splice(document, (json, key) -> json.keep())).isEqualTo(document);
        assertThat(splice(document, (json, key) -> json.object(inner -> {}))).isEqualTo(document);
        assertThat(splice(document, (json, key) -> json.edit(text -> text))).isEqualTo(document);
        assertThat(splice(document, (json, key) -> json.array(json::keep))).isEqualTo(document);
        assertThat(splice(document, (json, key) -> json.array(() -> json.object(inner -> {}))))
                .isEqualTo(document);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[]",
                "\"a\"",
                "<html>",
                "{",
                "{\"a\"",
                "{\"a\":",
                "{\"a\":1",
                "{\"a\":1,",
                "{\"a\":1,}",
                "{,}",
                "{a:1}",
                "{\"a\" 1}",
                "{\"a\":1 \"b\":2}",
                "{\"a\":1}}",
                "{\"a\":1} {}",
                "{\"a\":[1,]}",
                "{\"a\":[1}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":1.}",
                "{\"a\":.5}",
                "{\"a\":1e}",
                "{\"a\":-}",
                "{\"a\":NaN}",
                "{\"a\":tru}",
                "{\"a\":nulL}",
                "{\"a\":'b'}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":\"line\nbreak\"}",
                "{\"a\":\"tab\tand text that goes on\"}",
                "{\"a\":\"open}"
            })
    void refusesWhatIsNoObject(String document) {
        assertThatThrownBy(() -> splice(document, (json, key) -> {})).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> splice(document, (json, key) -> json.drop())).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> splice(document, (json, key) -> json.edit(text -> "x")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void refusesADocumentCutAnywhere() {
        byte[] document = "{\"a\":[1,\"\\u00e9\"],\"b\":{\"c\":true, \"d\":-1.5e3}}".getBytes(UTF_8);
        for (int length = 0; length < document.length; length++) {
            String cut = new String(document, 0, length, UTF_8);
            assertThatThrownBy(() -> splice(cut, (json, key) -> json.object(inner -> {})))
                    .as(cut)
                    .isInstanceOf(EOFException.class);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"x\":1}                            | {}",
                "{ \"x\":1 }                          | { }",
                "{\"x\":1,\"a\":2}                    | {\"a\":2}",
                "{\"a\":1,\"x\":2}                    | {\"a\":1}",
                "{\"a\":1,\"x\":2,\"b\":3}            | {\"a\":1,\"b\":3}",
                "{\"x\":1,\"x\":2,\"a\":3,\"x\":[4]}  | {\"a\":3}",
                "{\"x\":1, \"x\":2 , \"b\" : 3}       | {  \"b\" : 3}",
                "{\"o\":{\"x\":1,\"a\":2},\"x\":3}    | {\"o\":{\"a\":2}}",
                "{\"x\":0,\"o\":{\"x\":1},\"a\":4}    | {\"o\":{},\"a\":4}",
                "{\"\\u0078\":1,\"a\":2}              | {\"a\":2}",
            })
    void leavesNoStrayCommaWhereMembersAreDropped(String document, String expected) throws IOException {
        assertThat(splice(document, JsonSpliceTest::dropX)).isEqualTo(expected);
    }

    private static void dropX(JsonSplice json, String key) throws IOException {
        switch (key) {
            case "x" -> json.drop();
            case "o" -> json.object(inner -> dropX(json, inner));
            default -> json.keep();
        }
    }

    @Test
    void editsOnlyStringsAndEscapesWhatItWrites() throws IOException {
        String document = "{\"a\":\"h\\/i\",\"b\":1,\"c\":[\"h\"],\"d\" : \"\"}";

        assertThat(splice(document, (json, key) -> json.edit(text -> "<" + text + "\"\\\n>")))
                .isEqualTo("{\"a\":\"<h/i\\\"\\\\\\u000a>\",\"b\":1,\"c\":[\"h\"],\"d\" : \"<\\\"\\\\\\u000a>\"}");
    }

    @Test
    void namesKeysAndTextsDecoded() throws IOException {
        List<String> seen = new ArrayList<>();
        run(stream("{\"a\\u00e9\\ud83d\\ude00\\n\":\"\\\"\\/\\\\ü\"}"), (json, key) -> {
            seen.add(key);
            json.read(seen::add);
        });

        assertThat(seen).containsExactly("aé😀\n", "\"/\\ü");
    }

    @Test
    void appendsToAnObjectWhetherOrNotAnythingIsLeftInIt() throws IOException {
        assertThat(ending("{\"a\":1}", false)).isEqualTo("{\"a\":1,\"z\":2}");
        assertThat(ending("{\"a\":1}", true)).isEqualTo("{\"z\":2}");
        assertThat(ending("{}", false)).isEqualTo("{\"z\":2}");
    }

    private static String ending(String document, boolean drop) throws IOException {
        var out = new ByteArrayOutputStream();
        var json = new JsonSplice(stream(document), out);
        json.document(
                key -> {
                    if (drop) {
                        json.drop();
                    }
                },
                () -> json.add("z", "2"));
        return out.toString(UTF_8);
    }

    @Test
    void divertsAValueAndLeavesItsMemberOut() throws IOException {
        var aside = new ByteArrayOutputStream();
        String rest = run(stream("{\"a\":1,\"b\": {\"x\":1,\"c\":[2]} ,\"d\":3}"), (json, key) -> {
            if (key.equals("b")) {
                json.divert(aside, () -> json.object(inner -> dropX(json, inner)));
            }
        });

        assertThat(aside.toString(UTF_8)).isEqualTo("{\"c\":[2]}");
        assertThat(rest).isEqualTo("{\"a\":1 ,\"d\":3}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\":[]}                                 | {\"a\":[]}",
                "{\"a\": [ ] ,\"b\":1}                    | {\"a\": [ ] ,\"b\":1}",
                "{\"a\":[{\"x\":1},{\"x\":2,\"b\":3}]}  | {\"a\":[{},{\"b\":3}]}",
                "{\"a\":[1,[2],\"x\",{}],\"x\":4}       | {\"a\":[1,[2],\"x\",{}]}",
                "{\"x\":1,\"a\":[{\"b\":1 , \"x\":1}]} | {\"a\":[{\"b\":1}]}",
                "{\"a\":\"none\"}                         | {\"a\":\"none\"}",
            })
    void goesThroughTheElementsOfArrays(String document, String expected) throws IOException {
        String spliced = splice(document, (json, key) -> {
            if (key.equals("x")) {
                json.drop();
            } else {
                json.array(() -> json.object(inner -> dropX(json, inner)));
            }
        });

        assertThat(spliced).isEqualTo(expected);
    }

    @Test
    void goesThroughADocumentThatIsAnArray() throws IOException {
        var out = new ByteArrayOutputStream();
        var json = new JsonSplice(stream(" [ {\"x\":1} , \"s\" ] "), out);
        json.elements(() -> json.object(key -> json.exchange(value -> "[" + value + "]")));

        assertThat(out.toString(UTF_8)).isEqualTo(" [ {\"x\":[1]} , \"s\" ] ");
        assertThatThrownBy(() -> JsonSplice.reader(stream("[1,]")).elements(() -> {}))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> JsonSplice.reader(stream("{}")).elements(() -> {}))
                .isInstanceOf(IOException.class);
    }

    @Test
    void exchangesSmallValuesOfAnyKind() throws IOException {
        String document = "{\"a\": {\"b\":[1,\"}\"]} ,\"c\":null,\"d\":-1.5e3}";
        List<String> seen = new ArrayList<>();

        String spliced = splice(
                document,
                (json, key) -> json.exchange(value -> {
                    seen.add(value);
                    return key.equals("c") ? "{}" : value;
                }));

        assertThat(seen).containsOnly("{\"b\":[1,\"}\"]}", "null", "-1.5e3");
        assertThat(spliced).isEqualTo(document.replace("null", "{}"));
    }

    @Test
    void passesStringsOfAnyLengthButHoldsNone() throws IOException {
        String text = "x".repeat(3 << 20);
        String document = "{\"a\":\"" + text + "\"}";

        assertThat(splice(document, (json, key) -> {})).isEqualTo(document);
        assertThat(splice(document, (json, key) -> json.drop())).isEqualTo("{}");
        assertThatThrownBy(() -> splice(document, (json, key) -> json.edit(all -> all)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("longer than");
        assertThatThrownBy(() -> splice("{\"" + text + "\":1}", (json, key) -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("longer than");
    }

    @Test
    void refusesDocumentsThatWouldExhaustTheStack() {
        String document = "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";

        assertThatThrownBy(() -> splice(document, (json, key) -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nested");
    }

    @Test
    void saysWhereADocumentBreaksBeyondTheFirstWindow() {
        String document = "{\"a\":\"" + "x".repeat(200_000) + "\",!}";

        assertThatThrownBy(() -> splice(document, (json, key) -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("0x21 at byte " + document.indexOf('!'));
    }

    /** Does something with the members of a document, which comes whole and also byte by byte. */
    private static String splice(String document, Editor editor) throws IOException {
        String whole = run(stream(document), editor);
        if (document.length() < 1000) {
            assertThat(run(new Trickle(stream(document)), editor)).isEqualTo(whole);
        }
        return whole;
    }

    private static String run(InputStream in, Editor editor) throws IOException {
        var out = new ByteArrayOutputStream();
        var json = new JsonSplice(in, out);
        json.document(key -> editor.member(json, key));
        return out.toString(UTF_8);
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    private interface Editor {
        void member(JsonSplice json, String key) throws IOException;
    }
}

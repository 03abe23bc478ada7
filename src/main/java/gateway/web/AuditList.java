package gateway.web;

import gateway.project.Audit;
import gateway.project.AuditQuery;
import gateway.project.RefusedException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.server.ServerRequest;

/** How the audit log is asked for, and what is told of each row. */
final class AuditList {
    private static final int MOST = 100;
    private static final int USUAL = 20;
    private static final Pattern NUMBER = Pattern.compile("0*[1-9]\\d{0,17}");

    private AuditList() {}

    /** A parameter that cannot be used fails with a {@link RefusedException}. */
    static AuditQuery query(ServerRequest request) {
        String refused = given(request, "refused");
        if (refused != null && !refused.equals("true") && !refused.equals("false")) {
            throw RefusedException.invalid("refused", "must be true or false");
        }
        String since = given(request, "since");
        String until = given(request, "until");
        return new AuditQuery(
                number(request, "before", Long.MAX_VALUE),
                (int) Math.min(MOST, number(request, "per_page", USUAL)),
                given(request, "project"),
                given(request, "author"),
                given(request, "event"),
                refused == null ? null : Boolean.valueOf(refused),
                since == null ? null : Fields.time("since", since),
                until == null ? null : Fields.time("until", until));
    }

    private static long number(ServerRequest request, String name, long otherwise) {
        String text = given(request, name);
        if (text != null && !NUMBER.matcher(text).matches()) {
            throw RefusedException.invalid(name, "must be a positive number");
        }
        return text == null ? otherwise : Long.parseLong(text);
    }

    private static @Nullable String given(ServerRequest request, String name) {
        return request.queryParam(name).filter(value -> !value.isBlank()).orElse(null);
    }

    static Map<String, Object> row(Audit.Kept kept) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", kept.id());
        row.put("created_at", kept.at().toString());
        row.put("refused", kept.refused());
        row.put("author", kept.event().who());
        row.put("event", kept.event().act());
        row.put("project", kept.event().project());
        row.put("ip_address", kept.event().address());
        row.put("outcome", kept.event().outcome());
        row.put("times", kept.times());
        return row;
    }
}

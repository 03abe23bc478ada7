package gateway.web;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * Which page of a list is asked for, and the headers that lead to the others.
 *
 * @param page from 1
 * @param perPage from 1 to {@value #MOST}
 */
record Pages(int page, int perPage) {

    private static final int MOST = 100;
    private static final int USUAL = 20;

    /** @throws IllegalArgumentException with the client's mistake */
    static Pages of(ServerRequest request) {
        return new Pages(number(request, "page", 1), Math.min(MOST, number(request, "per_page", USUAL)));
    }

    private static int number(ServerRequest request, String name, int usual) {
        String text = request.queryParam(name).orElse("");
        if (text.isEmpty()) {
            return usual;
        }
        if (!text.matches("0*[1-9]\\d{0,6}")) {
            throw new IllegalArgumentException(name + " is invalid");
        }
        return Integer.parseInt(text);
    }

    /** The part of a whole list that is on the page. */
    <T> List<T> of(List<T> all) {
        long from = Math.min(all.size(), (page - 1L) * perPage);
        return all.subList((int) from, (int) Math.min(all.size(), from + perPage));
    }

    /**
     * @param url of the list, without a query
     * @param query as it was sent
     */
    Map<String, String> headers(long total, String url, Map<String, String> query) {
        long last = Math.max(1, (total + perPage - 1) / perPage);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("X-Total", Long.toString(total));
        headers.put("X-Total-Pages", Long.toString(last));
        headers.put("X-Page", Integer.toString(page));
        headers.put("X-Per-Page", Integer.toString(perPage));
        headers.put("X-Next-Page", page < last ? Integer.toString(page + 1) : "");
        headers.put("X-Prev-Page", page > 1 ? Integer.toString(page - 1) : "");
        List<String> links = new ArrayList<>();
        if (page > 1) {
            links.add(link(url, query, page - 1L, "prev"));
        }
        if (page < last) {
            links.add(link(url, query, page + 1L, "next"));
        }
        links.add(link(url, query, 1, "first"));
        links.add(link(url, query, last, "last"));
        headers.put("Link", String.join(", ", links));
        return headers;
    }

    private String link(String url, Map<String, String> query, long to, String relation) {
        Map<String, String> parameters = new LinkedHashMap<>(query);
        parameters.put("page", Long.toString(to));
        parameters.put("per_page", Integer.toString(perPage));
        List<String> pairs = new ArrayList<>();
        parameters.forEach((name, value) -> pairs.add(encode(name) + "=" + encode(value)));
        return "<" + url + "?" + String.join("&", pairs) + ">; rel=\"" + relation + "\"";
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}

package gateway.format;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads out of a service index where a document of a resource is.
 *
 * @param rest relative to the resource's address, decoded; empty for the address itself
 * @param query raw, empty for none
 */
record NuGetTold(NuGetResource resource, String rest, String query) implements Origin.Template {

    @Override
    public Optional<String> expand(byte[] service, @Nullable Link link) {
        try {
            return NuGetService.read(new ByteArrayInputStream(service))
                    .address(resource)
                    .map(this::below)
                    .map(url -> URI.create(url).toString());
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private String below(String address) {
        String url = address;
        if (!rest.isEmpty()) {
            url = (address.endsWith("/") ? address : address + "/") + Origin.encode(rest);
        }
        return query.isEmpty() ? url : url + (url.contains("?") ? "&" : "?") + query;
    }
}

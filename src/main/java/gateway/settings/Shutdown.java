package gateway.settings;

import java.time.Duration;

/**
 * How the server stops.
 *
 * @param grace how long downloads in flight may take to end
 */
public record Shutdown(Duration grace) {}

package gateway.catalog;

/**
 * The upstream's word that something does not exist.
 *
 * @param status 404 or 410, which some clients tell apart
 * @param message the upstream's own text when it was short and plain, since Go shows it to people; else ours
 */
public record Absence(int status, String message) {}

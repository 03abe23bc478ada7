package gateway.project;

/**
 * What a caller may do in a project.
 *
 * @param known whether a valid credential was sent: without one every refusal is a 401
 * @param visible whether the caller may know that the project exists: otherwise a refusal is a 404
 * @param read packages of its registry
 * @param proxy pull through its dependency proxy; never anonymously
 * @param write publish packages; what is pulled is kept only then
 * @param replace put other bytes in the place of a package file that was published
 * @param delete packages and their files
 * @param manage change its settings
 * @param api the management interface: list and show packages
 */
public record Rights(
        boolean known,
        boolean visible,
        boolean read,
        boolean proxy,
        boolean write,
        boolean replace,
        boolean delete,
        boolean manage,
        boolean api) {}

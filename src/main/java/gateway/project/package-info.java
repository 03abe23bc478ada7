/**
 * Projects: who may read and write what. Members, tokens, remotes with their credentials, and what a project's own package
 * registry lists.
 *
 * <p>All of it lies in a database of its own, which is a system of record: unlike the catalog it is never rebuilt or set
 * aside by itself. {@link gateway.project.Access} is a plain function from a project and a caller to {@link
 * gateway.project.Rights}.
 */
@NullMarked
package gateway.project;

import org.jspecify.annotations.NullMarked;

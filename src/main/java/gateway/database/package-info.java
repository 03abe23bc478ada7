/**
 * What every embedded database here needs: its file, its connections on threads of their own, its scripts, and what its
 * failures mean. It knows nothing of what is kept in it.
 */
@NullMarked
package gateway.database;

import org.jspecify.annotations.NullMarked;

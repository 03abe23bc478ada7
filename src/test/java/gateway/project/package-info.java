@NullMarked
package gateway.project;

import org.jspecify.annotations.NullMarked;

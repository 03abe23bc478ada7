/**
 * The server: registry traffic in {@link gateway.web.DataPlane}, in front of the WebFlux pages of
 * {@link gateway.web.ControlPlane}, on one port.
 */
@NullMarked
package gateway.web;

import org.jspecify.annotations.NullMarked;

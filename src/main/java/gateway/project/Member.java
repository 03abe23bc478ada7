package gateway.project;

/**
 * Somebody who may do something in a project.
 *
 * @param declared whether the configuration names it
 */
public record Member(String user, Role role, boolean declared) {}

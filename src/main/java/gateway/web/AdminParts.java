package gateway.web;

import gateway.project.Administration;
import gateway.project.Projects;
import gateway.project.R2dbcAudit;
import reactor.core.publisher.Mono;

/**
 * What the administration of projects needs.
 *
 * @param check completes when the projects database can be used, with the reason otherwise
 */
public record AdminParts(Projects projects, Administration administration, R2dbcAudit audit, Mono<Void> check) {}

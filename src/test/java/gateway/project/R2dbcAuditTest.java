package gateway.project;

import static gateway.project.ProjectsFile.all;
import static gateway.project.ProjectsFile.run;
import static org.assertj.core.api.Assertions.assertThat;

import gateway.project.Audit.Event;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is remembered of acts and refusals, and how little of what somebody repeats. */
class R2dbcAuditTest {
    private static final Event ACT = new Event("administrator", "create project", "acme/app", "192.0.2.1", "201");

    @TempDir
    Path folder;

    private ProjectsFile file;
    private R2dbcAudit audit;

    @BeforeEach
    void open() {
        file = new ProjectsFile(folder).open();
        audit = new R2dbcAudit(file.database(), file.clock);
    }

    @AfterEach
    void close() {
        run(audit.close());
        file.close();
    }

    @Test
    void an_act_is_in_the_file_when_it_is_done() {
        run(audit.act(ACT));
        run(audit.close());
        file.open();
        audit = new R2dbcAudit(file.database(), file.clock);

        assertThat(all(audit.list(AuditQuery.newest(10)))).singleElement().satisfies(kept -> {
            assertThat(kept.event()).isEqualTo(ACT);
            assertThat(kept.refused()).isFalse();
            assertThat(kept.at()).isEqualTo(file.clock.instant());
        });
    }

    @Test
    void refusals_that_are_alike_are_one_row() {
        Event refusal = new Event("anonymous", "maven GET", "acme/app", "192.0.2.9", "401");
        for (int i = 0; i < 500; i++) {
            audit.refused(refusal);
        }
        run(audit.flush());

        assertThat(all(audit.list(AuditQuery.newest(10)))).singleElement().satisfies(kept -> {
            assertThat(kept.event()).isEqualTo(refusal);
            assertThat(kept.refused()).isTrue();
            assertThat(kept.times()).isEqualTo(500);
        });
    }

    @Test
    void whoever_is_refused_in_ever_new_ways_fills_so_many_rows_and_no_more() {
        for (int i = 0; i < 5 * R2dbcAudit.MOST_AT_ONCE; i++) {
            audit.refused(new Event("anonymous", "maven GET", "acme/p" + i, "192.0.2.9", "401"));
        }
        run(audit.flush());

        var rows = all(audit.list(AuditQuery.newest(10_000)));
        assertThat(rows).hasSize(R2dbcAudit.MOST_AT_ONCE + 1);
        assertThat(rows.stream().mapToLong(Audit.Kept::times).sum()).isEqualTo(5L * R2dbcAudit.MOST_AT_ONCE);
    }

    @Test
    void refusals_push_no_act_out() {
        run(audit.act(ACT));
        for (int round = 0; round <= R2dbcAudit.MOST_REFUSALS / R2dbcAudit.MOST_AT_ONCE + 1; round++) {
            for (int i = 0; i < R2dbcAudit.MOST_AT_ONCE; i++) {
                audit.refused(new Event("anonymous", "GET " + round, "acme/p" + i, "192.0.2.9", "401"));
            }
            run(audit.flush());
        }

        var rows = all(audit.list(AuditQuery.newest(100_000)));
        assertThat(rows).hasSize(R2dbcAudit.MOST_REFUSALS + 1);
        assertThat(rows.getLast().event()).isEqualTo(ACT);
    }
}

package gateway;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;

/** Holds the rules that keep the packages apart and the event loops free. */
@AnalyzeClasses(packages = "gateway", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    /** What has an effect on the world or a framework's hand in it; values such as URI are welcome. */
    private static final DescribedPredicate<JavaClass> IO = resideInAnyPackage(
                    "java.nio.file..",
                    "java.nio.channels..",
                    "java.net.http..",
                    "javax.net..",
                    "reactor..",
                    "org.reactivestreams..",
                    "org.springframework..",
                    "io.netty..",
                    "io.r2dbc..")
            .or(resideInAPackage("java.net")
                    .and(describe(
                            "that connects", type -> !type.getSimpleName().matches("URI.*|URLEncoder|URLDecoder|IDN"))))
            .or(resideInAPackage("java.io")
                    .and(describe(
                            "that opens files", type -> type.getSimpleName().matches("(RandomAccess)?File.*"))))
            .as("I/O or a framework");

    /** They own the work they start: who else subscribes has nobody to cancel it or to hear its errors. */
    private static final Set<String> STARTERS = Set.of("Flights", "Spool", "Background");

    private static final DescribedPredicate<JavaAccess<?>> WAIT =
            callOnPublisher("block.*|toFuture|toIterable|toStream");

    private static final DescribedPredicate<JavaAccess<?>> SUBSCRIBE = callOnPublisher("subscribe|subscribeWith");

    private static final DescribedPredicate<JavaAccess<?>> READ_THE_TIME = describe(
            "read the time without a clock",
            access -> (access.getTargetOwner().isEquivalentTo(System.class)
                            && access.getName().equals("currentTimeMillis"))
                    || (access.getTargetOwner().getPackageName().equals("java.time")
                            && access.getName().equals("now")
                            && !takesClock(access)));

    @ArchTest
    static final ArchRule formats_describe_and_do_nothing = noClasses()
            .that()
            .resideInAPackage("gateway.format..")
            .should()
            .dependOnClassesThat(IO)
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule formats_know_only_formats = onlyKnows("format");

    @ArchTest
    static final ArchRule policies_know_only_what_they_judge = onlyKnows("policy", "format");

    @ArchTest
    static final ArchRule storage_knows_no_neighbour = knowsNone("storage", "upstream", "catalog", "project");

    @ArchTest
    static final ArchRule upstream_knows_no_neighbour = knowsNone("upstream", "storage", "catalog", "project");

    @ArchTest
    static final ArchRule catalog_knows_no_neighbour = knowsNone("catalog", "storage", "upstream", "project");

    @ArchTest
    static final ArchRule project_knows_no_neighbour = knowsNone("project", "storage", "upstream", "catalog");

    /** The root package is where the parts are wired, so it alone sees the edges. */
    @ArchTest
    static final ArchRule nobody_imports_an_edge = noClasses()
            .that()
            .resideOutsideOfPackages("gateway", "gateway.web..", "gateway.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("gateway.web..", "gateway.cli..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule packages_form_no_cycles =
            slices().matching("gateway.(*)..").should().beFreeOfCycles().allowEmptyShould(true);

    @ArchTest
    static final ArchRule only_the_command_line_waits = noClasses()
            .that()
            .resideOutsideOfPackage("gateway.cli..")
            .and()
            // It drives a server from outside, and runs in none.
            .doNotHaveSimpleName("Training")
            .should()
            .accessTargetWhere(WAIT)
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule few_classes_start_work_of_their_own = noClasses()
            .that(resideInAPackage("gateway.cli..")
                    .or(describe("own what they start", ArchitectureTest::mayStartWork))
                    .negate())
            .should()
            .accessTargetWhere(SUBSCRIBE)
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule time_comes_from_a_clock =
            noClasses().should().accessTargetWhere(READ_THE_TIME).allowEmptyShould(true);

    @ArchTest
    static final ArchRule every_package_is_null_marked = classes()
            .should(ArchCondition.from(describe(
                    "live in a package whose package-info says @NullMarked",
                    type -> type.getPackage().isAnnotatedWith(NullMarked.class))))
            .allowEmptyShould(true);

    @Test
    void a_guilty_class_is_found_by_every_rule_that_it_breaks() {
        var folder = requireNonNull(ArchitectureTest.class.getResource("format/guilty"));
        var guilty = new ClassFileImporter().importUrl(folder);
        var broken = List.of(
                formats_describe_and_do_nothing,
                only_the_command_line_waits,
                few_classes_start_work_of_their_own,
                time_comes_from_a_clock);

        assertThat(broken).allMatch(rule -> rule.evaluate(guilty).hasViolation());
    }

    private static ArchRule onlyKnows(String self, String... others) {
        return noClasses()
                .that()
                .resideInAPackage(tree(self))
                .should()
                .dependOnClassesThat(resideInAPackage("gateway..")
                        .and(resideInAnyPackage(trees(Stream.concat(Stream.of(self), Stream.of(others))))
                                .negate()))
                .allowEmptyShould(true);
    }

    private static ArchRule knowsNone(String self, String... neighbours) {
        return noClasses()
                .that()
                .resideInAPackage(tree(self))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(trees(Stream.concat(Stream.of(neighbours), Stream.of("cache", "web", "cli"))))
                .allowEmptyShould(true);
    }

    private static String tree(String name) {
        return "gateway." + name + "..";
    }

    private static String[] trees(Stream<String> names) {
        return names.map(ArchitectureTest::tree).toArray(String[]::new);
    }

    /** Calls and method references alike. */
    private static DescribedPredicate<JavaAccess<?>> callOnPublisher(String names) {
        return describe(
                "call " + names + " of a publisher",
                access -> access.getTargetOwner().isAssignableTo(Publisher.class)
                        && access.getName().matches(names));
    }

    private static boolean mayStartWork(JavaClass type) {
        var outer = type.getEnclosingClass();
        return outer.map(ArchitectureTest::mayStartWork).orElse(STARTERS.contains(type.getSimpleName()));
    }

    private static boolean takesClock(JavaAccess<?> access) {
        return access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget target
                && target.getRawParameterTypes().stream().anyMatch(type -> type.isEquivalentTo(Clock.class));
    }
}

package landfall;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import landfall.base.Secret;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The package table of docs/architecture.md is the law: this test reads it and holds the code against it. */
final class ArchitectureTest {
    private static final Set<String> MAY_REVEAL =
            Set.of("remote", "dokku", "postgres", "files", "recipe", "kube", "sandbox");
    private static JavaClasses classes;

    @BeforeAll
    static void readClasses() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("landfall");
    }

    /** Package to the packages it may import, as the table has them. */
    private static Map<String, Set<String>> table() throws IOException {
        Map<String, Set<String>> table = new LinkedHashMap<>();
        for (String line : Files.readAllLines(Path.of("..", "docs", "architecture.md"))) {
            String[] cells = line.split("\\|", -1);
            if (cells.length == 5 && cells[1].strip().matches("`[a-z]+`")) {
                table.put(
                        cells[1].strip().replace("`", ""),
                        Arrays.stream(cells[3].split(","))
                                .map(String::strip)
                                .filter(name -> !name.isEmpty())
                                .collect(Collectors.toCollection(TreeSet::new)));
            }
        }
        return table;
    }

    /** {@code landfall.recipe.task} belongs to {@code recipe}. */
    private static String packageOf(JavaClass type) {
        String[] parts = type.getPackageName().split("\\.");
        return parts.length > 1 && parts[0].equals("landfall") ? parts[1] : "";
    }

    @Test
    void everyPackageStandsInTheTableAndTheTableInTheCode() throws IOException {
        Set<String> found =
                classes.stream().map(ArchitectureTest::packageOf).collect(Collectors.toCollection(TreeSet::new));
        assertThat(new TreeSet<>(table().keySet())).isEqualTo(found);
    }

    @Test
    void packagesImportWhatTheTableAllowsAndNothingElse() throws IOException {
        Map<String, Set<String>> table = table();
        Set<String> violations = new TreeSet<>();
        for (JavaClass type : classes) {
            String from = packageOf(type);
            type.getDirectDependenciesFromSelf().forEach(dependency -> {
                String to = packageOf(dependency.getTargetClass().getBaseComponentType());
                if (!to.isEmpty()
                        && !to.equals(from)
                        && !table.getOrDefault(from, Set.of()).contains(to)) {
                    violations.add(type.getName() + " imports "
                            + dependency.getTargetClass().getName());
                }
            });
        }
        assertThat(violations).isEmpty();
    }

    @Test
    void thereAreNoCyclesBetweenPackages() {
        SlicesRuleDefinition.slices()
                .matching("landfall.(*)..")
                .should()
                .beFreeOfCycles()
                .check(classes);
    }

    @Test
    void onlyThoseWhoHandSecretsToServersRevealThem() {
        List<String> violations = classes.stream()
                .filter(type -> !MAY_REVEAL.contains(packageOf(type)) && !type.isEquivalentTo(Secret.class))
                // Accesses, not calls: Secret::reveal is no call.
                .flatMap(type -> type.getAccessesFromSelf().stream())
                .filter(access -> access.getTargetOwner().isEquivalentTo(Secret.class)
                        && access.getName().equals("reveal"))
                .map(JavaAccess::getDescription)
                .toList();
        assertThat(violations).isEmpty();
    }

    @Test
    void theTerminalBelongsToTheCommandLine() {
        // The sandbox's own processes write their containers' logs; that is their standard output.
        ArchRuleDefinition.noClasses()
                .that(DescribedPredicate.describe(
                        "are not of cli or sandbox",
                        type -> !Set.of("cli", "sandbox").contains(packageOf(type))))
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(classes);
    }

    @Test
    void everyPackageIsNullMarked() throws IOException {
        Path sources = Path.of("src", "main", "java");
        try (Stream<Path> folders = Files.walk(sources)) {
            for (Path folder : folders.filter(Files::isDirectory).toList()) {
                try (Stream<Path> files = Files.list(folder)) {
                    if (files.anyMatch(file -> file.toString().endsWith(".java"))) {
                        assertThat(folder.resolve("package-info.java"))
                                .content()
                                .contains("@NullMarked");
                    }
                }
            }
        }
    }
}

package landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import landfall.ledger.LedgerFile;
import landfall.recipe.MoveFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code landfall plan} as a user runs it. */
final class PlanCommandTest {
    private static final String EXAMPLE = "../examples/v-sekai/k8s";
    private static final String[] ANSWERS = {"--answer", "redis-data=recreate", "--answer", "uploads-uro=entry"};

    /** Secret values of the example; JOKEN_SIGNER also as it stands in its Secret. */
    private static final List<String> CANARIES = List.of(
            "example-database-password",
            "example-phoenix-key-base",
            "example-signup-api-key",
            "example-joken-signer",
            "ZXhhbXBsZS1qb2tlbi1zaWduZXIK",
            "MIGHAgEAMBMGByqGSM49");

    @TempDir
    private Path temp;

    @Test
    void aPlanWithOpenDecisionsEndsWithThreeAndLeavesAFolderToAnswerIn() {
        Path move = temp.resolve("move");
        assertThat(run("plan", EXAMPLE, "-o", move.toString())).isEqualTo(3);
        assertThat(MoveFolder.existing(move).settings().openDecisions()).containsExactly("redis-data", "uploads-uro");
        assertThat(run("plan", EXAMPLE, "-o", move.toString(), "--draft")).isZero();
    }

    @Test
    void answersHostAndPasswordsAreKeptByANewPlanAndItsBytesAreTheSame() throws IOException {
        Path move = temp.resolve("move");
        assertThat(plan(move, ANSWERS)).isZero();
        assertThat(plan(move, "--host", "dokku@dokku.example:2222")).isZero();
        Map<String, String> first = files(move);
        assertThat(plan(move)).isZero();
        assertThat(files(move)).isEqualTo(first);
        assertThat(first.get("move.yaml")).contains("dokku@dokku.example:2222").contains("answer: recreate");
    }

    @Test
    void aPlanInAnotherFolderDiffersInGeneratedPasswordsOnly() throws IOException {
        plan(temp.resolve("one"), ANSWERS);
        plan(temp.resolve("two"), ANSWERS);
        Map<String, String> one = files(temp.resolve("one"));
        Map<String, String> two = files(temp.resolve("two"));
        assertThat(one.remove("secrets.yml")).isNotEqualTo(two.remove("secrets.yml"));
        assertThat(one).isEqualTo(two);
    }

    @Test
    void secretsAreInSecretsYmlAndNowhereElse() throws IOException {
        Path move = temp.resolve("move");
        String told = child("plan", EXAMPLE, "-o", move.toString())
                + child("plan", EXAMPLE, "-o", move.toString(), "--json")
                + child("assess", EXAMPLE)
                + child("ledger", move.toString(), "uro-secrets", "stringData")
                + child("ledger", move.toString(), "uro-secrets", "stringData", "--manifests", EXAMPLE, "--json");
        assertThat(child(
                        "assess",
                        EXAMPLE,
                        "--html",
                        move.resolve("assessed.html").toString()))
                .contains("What moves where");
        Map<String, String> files = files(move);
        String secrets = Files.readString(move.resolve("secrets.yml"));
        files.remove("secrets.yml");
        assertThat(files).containsKeys("report.html", "assessed.html");
        List<String> canaries = new ArrayList<>(CANARIES);
        String generated = secrets.lines()
                .filter(line -> line.startsWith("uro_db_password"))
                .findFirst()
                .orElseThrow()
                .replaceAll("[^:]*: \"?([0-9a-f]{48})\"?", "$1");
        assertThat(generated).matches("[0-9a-f]{48}");
        canaries.add(generated);
        for (String canary : canaries) {
            assertThat(told).doesNotContain(canary);
            assertThat(String.join("\n", files.values())).doesNotContain(canary);
        }
        assertThat(secrets).contains("example-joken-signer", "example-signup-api-key", generated);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(move.resolve("secrets.yml"))))
                .isEqualTo("rw-------");
    }

    @Test
    void aValuesLastNewlineIsPartOfIt() {
        Path move = temp.resolve("move");
        plan(move, ANSWERS);
        assertThat(MoveFolder.existing(move).secrets().get("uro_JOKEN_SIGNER"))
                .isEqualTo(landfall.base.Secret.of("example-joken-signer\n"));
    }

    @Test
    void aFolderThatIsNoMoveIsLeftAlone() throws IOException {
        Files.writeString(temp.resolve("letter.txt"), "dear");
        assertThat(plan(temp, ANSWERS)).isEqualTo(2);
        assertThat(files(temp)).containsOnlyKeys("letter.txt");
    }

    @Test
    void badInputLeavesNothingBehind() throws IOException {
        Path bad = Files.writeString(temp.resolve("bad.yaml"), "apiVersion: v1\nkind: [\n");
        assertThat(run("plan", bad.toString(), "-o", temp.resolve("move").toString()))
                .isEqualTo(2);
        assertThat(run("plan", EXAMPLE, "-o", temp.resolve("move").toString(), "--answer", "nope=yes"))
                .isEqualTo(2);
        assertThat(run("plan", EXAMPLE, "-o", temp.resolve("move").toString(), "--answer", "redis-data=yes"))
                .isEqualTo(2);
        assertThat(files(temp)).containsOnlyKeys("bad.yaml");
    }

    @Test
    void everyTaskThatTheLedgerNamesIsInTheRecipeAndEveryFileInTheFolder() throws IOException {
        Path move = temp.resolve("move");
        plan(move, ANSWERS);
        String recipe = Files.readString(move.resolve("recipe.yml"));
        for (var entry : LedgerFile.read(move.resolve("ledger.jsonl"))) {
            for (String place : entry.to()) {
                if (place.startsWith("recipe.yml#tasks/")) {
                    String task = place.substring("recipe.yml#tasks/".length());
                    String parent = task.substring(0, Math.max(0, task.lastIndexOf('/')));
                    assertThat(recipe.contains("name: " + task + "\n") || recipe.contains("name: " + parent + "\n"))
                            .as(place)
                            .isTrue();
                } else if (place.startsWith("apps/")) {
                    assertThat(move.resolve(place.replaceAll("[#:].*", ""))).exists();
                }
            }
        }
    }

    @Test
    void theLedgerAnswersWhatBecameOfAField() {
        Path move = temp.resolve("move");
        plan(move, ANSWERS);
        assertThat(child("ledger", move.toString(), "Deployment/uro", "containers[0].image"))
                .contains("apps/v1/Deployment/vsekai/uro spec.template.spec.containers[0].image")
                .contains("uro.yaml:")
                .contains("carried")
                .contains("apps/uro/Dockerfile:1")
                .contains("Container.image")
                .contains(">     1 | FROM ghcr.io/v-sekai/uro:1.4.2");
        assertThat(child("ledger", move.toString(), "Deployment/uro", "containers[0].image", "--manifests", EXAMPLE))
                .contains("image: ghcr.io/v-sekai/uro:1.4.2");
        assertThat(run("ledger", move.toString(), "Deployment/uro", "spec.nope"))
                .isEqualTo(2);
    }

    private static int plan(Path move, String... more) {
        List<String> words = new ArrayList<>(List.of("plan", EXAMPLE, "-o", move.toString()));
        words.addAll(List.of(more));
        return run(words.toArray(String[]::new));
    }

    /** The program as a process of its own: its output belongs to no one else's. */
    private static Ended start(String... words) {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "landfall.cli.Main"));
        command.addAll(List.of(words));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return new Ended(process.exitValue(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private record Ended(int exitCode, String text) {}

    private static int run(String... words) {
        return start(words).exitCode();
    }

    private static String child(String... words) {
        return start(words).text();
    }

    private static Map<String, String> files(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                files.put(folder.relativize(path).toString(), Files.readString(path));
            }
        }
        return files;
    }
}

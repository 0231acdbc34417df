package landfall.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import landfall.base.LandfallException;
import landfall.base.Secret;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

final class MoveSettingsFileTest {
    private static final MoveSettings SETTINGS = new MoveSettings(
            "vsekai",
            new MoveSettings.Kubernetes(null, "prod", "vsekai"),
            new MoveSettings.DokkuTarget("dokku@dokku.example:2222", null, null, "192.0.2.10"),
            Map.of(
                    "redis-data",
                    new MoveSettings.Decision(
                            "Keep the sessions?", Map.of("recreate", "all log in again"), null, null)),
            List.of(new MoveSettings.App(
                    "uro",
                    "apps/uro",
                    "ghcr.io/v-sekai/uro:1.4.2",
                    List.of("uro-db"),
                    List.of("Deployment/uro"),
                    List.of(),
                    List.of(new MoveSettings.Bridge("uro", "http", 30400)))),
            List.of(new MoveSettings.Database(
                    "uro-db",
                    "uro_db",
                    "uro",
                    "uro-db-password",
                    new MoveSettings.DatabaseSource(
                            "StatefulSet/postgres", 5432, "uro_prod", "uro", "postgres/PASSWORD"))),
            List.of(new MoveSettings.Files(
                    "shared",
                    "uro",
                    "/app/shared",
                    new MoveSettings.FilesSource("shared", "Deployment/uro", "uro", "/app/shared"))));

    @Test
    void whatIsWrittenIsReadBack() {
        assertThat(MoveSettingsFile.read(MoveSettingsFile.write(SETTINGS), "move.yaml"))
                .isEqualTo(SETTINGS);
    }

    @Test
    void everyProblemOfAFileIsToldInOneRun() {
        String text = MoveSettingsFile.write(SETTINGS)
                .replace("dokku-port: 30400", "dokku-port: many")
                .replace("answer: null", "answer: perhaps")
                .replace("kubeconfig: null", "kubeconfg: null");
        assertThatThrownBy(() -> MoveSettingsFile.read(text, "move.yaml"))
                .isInstanceOfSatisfying(
                        LandfallException.class,
                        e -> assertThat(e.problems())
                                .extracting(problem -> problem.sentence())
                                .anyMatch(sentence -> sentence.contains("kubeconfg is not a known key"))
                                .anyMatch(sentence -> sentence.contains("`perhaps` is not one of recreate"))
                                .anyMatch(sentence ->
                                        sentence.contains("apps[0].bridges[0].dokku-port must be a whole number")));
    }

    @Test
    void aFileThatIsNotYamlIsToldWithItsLine() {
        assertThatThrownBy(() -> MoveSettingsFile.read("version: 1\nmove: [", "move.yaml"))
                .isInstanceOf(LandfallException.class)
                .hasMessageStartingWith("move.yaml:2: not YAML");
    }

    @Test
    void everyStringMeansTheSameToReadersOfYaml11And12() {
        Map<String, Object> strings = new LinkedHashMap<>();
        for (String text : List.of(
                "yes",
                "007",
                "12:30:45",
                "2024-01-01",
                "~",
                "",
                " a",
                "a: b",
                "0x1F",
                "1_000",
                "a\nb\n",
                "a\n b",
                "\ta",
                "é✓",
                "#x",
                "a\"b\\")) {
            strings.put("k" + strings.size(), text);
        }
        String written = YamlText.write(strings);
        assertThat(new Load(LoadSettings.builder().build()).loadFromString(written))
                .isEqualTo(strings);
        assertThat(written).contains("\"yes\"", "\"007\"", "\"12:30:45\"", "\"2024-01-01\"", "\"0x1F\"", "\"1_000\"");
    }

    @Test
    void secretsKeepEveryByteAndStayOutOfProblems() {
        Map<String, Secret> secrets =
                new TreeMap<>(Map.of("a", Secret.of("x\ny\n"), "b", Secret.of("007"), "c", Secret.of(" z \t")));
        assertThat(SecretsFile.read(SecretsFile.write(secrets), "secrets.yml")).isEqualTo(secrets);
        assertThatThrownBy(() -> SecretsFile.read("a: \"hunter2", "secrets.yml"))
                .hasMessageNotContaining("hunter2")
                .hasNoCause();
    }
}

package landfall.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import landfall.base.Problems;
import landfall.kube.FieldPath;
import landfall.kube.KubeObject;
import landfall.kube.ManifestReader;
import landfall.kube.Schema;
import landfall.ledger.Ledger;
import landfall.ledger.LedgerEntry;
import landfall.target.Target;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Properties of every plan, on objects made at random from the published schemas and on real ones. */
final class GeneratedManifestsTest {
    private static final String FIELD = "landfallTestField";

    /** Each round plans one object of every kind together with some of its neighbours in the list. */
    private static final int ROUNDS = Integer.getInteger("landfall.rounds", 2);

    @Test
    void noObjectWhateverItHoldsEndsAPlanWithAnError() {
        long seed = Long.getLong("landfall.seed", System.nanoTime());
        for (int round = 0; round < ROUNDS; round++) {
            GeneratedObjects generated = new GeneratedObjects(seed + round, round % 2 == 0 ? 0.05 : 0);
            List<String> kinds = Schema.kinds();
            for (int at = 0; at < kinds.size(); at++) {
                List<KubeObject> objects = new ArrayList<>();
                for (int more = 0; more < 3; more++) {
                    objects.add(generated.object(kinds.get((at + more) % kinds.size()), objects.size()));
                }
                assertThatCode(() -> planned(objects))
                        .as("seed %d round of %s", seed, objects)
                        .doesNotThrowAnyException();
            }
        }
    }

    @Test
    void aFieldNobodyHasHeardOfIsUnknownInEveryKind() {
        long seed = Long.getLong("landfall.seed", System.nanoTime());
        GeneratedObjects generated = new GeneratedObjects(seed, 0);
        Random random = new Random(seed);
        for (String kind : Schema.kinds()) {
            surfaces(List.of(generated.object(kind, 0)), random, kind + ", seed " + seed);
        }
    }

    @TestFactory
    Stream<DynamicTest> aFieldNobodyHasHeardOfIsUnknownInRealManifests() throws IOException {
        return sets(set -> {
            long seed = System.nanoTime();
            Random random = new Random(seed);
            for (int place = 0; place < 3; place++) {
                surfaces(read(set), random, "seed " + seed);
            }
        });
    }

    /** One field more somewhere is one unknown leaf more, and a decision that is open. */
    private static void surfaces(List<KubeObject> objects, Random random, String where) {
        String namespace = Translator.mainNamespace(objects);
        List<KubeObject> ours = objects.stream()
                .filter(object -> object.namespace().equals(namespace))
                // Of other kinds every field is unknown, or one decision holds the whole object.
                .filter(object -> Schema.of(object).isPresent())
                .filter(object -> !GeneratedObjects.places(object, FIELD).isEmpty())
                .toList();
        if (ours.isEmpty()) {
            return;
        }
        KubeObject chosen = ours.get(random.nextInt(ours.size()));
        List<FieldPath> places = GeneratedObjects.places(chosen, FIELD);
        FieldPath place = places.get(random.nextInt(places.size()));
        List<KubeObject> changed = objects.stream()
                .map(object -> object.equals(chosen) ? GeneratedObjects.withField(object, place, FIELD) : object)
                .toList();
        Ledger before = Ledger.open(objects);
        Translator.translate(objects, before, "move", namespace, Answers.NONE);
        Ledger after = Ledger.open(changed);
        Target target = Translator.translate(changed, after, "move", namespace, Answers.NONE);
        String said = where + ": " + chosen + " " + place;
        assertThat(after.coverage().unknown())
                .as(said)
                .isEqualTo(before.coverage().unknown() + 1);
        assertThat(target.openDecisions())
                .as(said)
                .anyMatch(decision -> decision.id().startsWith("unknown-"));
    }

    @TestFactory
    Stream<DynamicTest> theOrderOfDocumentsAndKeysMakesNoDifference() throws IOException {
        return sets(GeneratedManifestsTest::sameIfShuffled);
    }

    /** The example, and the sets of the corpus where it is on the machine. */
    private static Stream<DynamicTest> sets(Consumer<Path> test) throws IOException {
        Path corpus = Stream.of("../../shared/corpus", "../../../shared/corpus")
                .map(Path::of)
                .filter(Files::isDirectory)
                .findFirst()
                .orElse(Path.of("../../shared/corpus"));
        assumeTrue(Files.isDirectory(corpus), "no corpus on this machine");
        try (Stream<Path> sets = Files.list(corpus)) {
            List<Path> all =
                    new ArrayList<>(sets.filter(Files::isDirectory).sorted().toList());
            all.addFirst(Path.of("../examples/v-sekai/k8s"));
            return all.stream()
                    .map(set -> DynamicTest.dynamicTest(set.getFileName().toString(), () -> test.accept(set)));
        }
    }

    private static void sameIfShuffled(Path set) {
        List<KubeObject> objects = read(set);
        long seed = System.nanoTime();
        GeneratedObjects generated = new GeneratedObjects(seed, 0);
        List<KubeObject> shuffled =
                new ArrayList<>(objects.stream().map(generated::shuffled).toList());
        Collections.shuffle(shuffled, new Random(seed));
        assertThat(planned(shuffled)).as("seed " + seed).isEqualTo(planned(objects));
    }

    private static List<KubeObject> read(Path set) {
        return unique(ManifestReader.read(List.of(set.toString()), InputStream.nullInputStream(), new Problems())
                .objects());
    }

    /** Which of two objects of one id counts depends on their order, as it does for kubectl. */
    private static List<KubeObject> unique(List<KubeObject> objects) {
        Map<String, KubeObject> byId = new HashMap<>();
        objects.forEach(object -> byId.put(object.id(), object));
        return objects.stream()
                .filter(object -> object.equals(byId.get(object.id())))
                .toList();
    }

    /** What a plan says: the target, and of each leaf what became of it. */
    private static Map<String, String> planned(List<KubeObject> objects) {
        Ledger ledger = Ledger.open(objects);
        String namespace = Translator.mainNamespace(objects);
        Target target = Translator.translate(objects, ledger, "move", namespace, Answers.NONE);
        assertThat(ledger.hasOpen()).isFalse();
        Map<String, String> said = new TreeMap<>();
        for (LedgerEntry entry : ledger.entries()) {
            said.put(
                    entry.object() + " " + entry.path(),
                    entry.disposition() + " " + entry.to() + " " + entry.rule() + " " + entry.note());
        }
        said.put("apps", String.valueOf(target.apps()));
        said.put("services", String.valueOf(target.services()));
        said.put("entries", String.valueOf(target.entries()));
        said.put("networks", String.valueOf(target.networks()));
        said.put("decisions", String.valueOf(target.decisions()));
        said.put("findings", String.valueOf(target.findings()));
        return said;
    }
}

package landfall.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import landfall.sandbox.DemoRun;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** docs/events.md names exactly the events that the sources emit, each with an example line. */
final class EventsDocTest {
    private static final Pattern CREATED = Pattern.compile("new\\s+(?:Events\\.)?Event\\s*\\(");
    private static final Pattern LITERAL = Pattern.compile("\"([A-Za-z]+)\"");
    private static final Pattern SECTION = Pattern.compile("(?m)^## `([A-Za-z]+)`$");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Test
    void everyEventOfTheSourcesIsInTheDocsAndTheOtherWayRound() throws IOException {
        Map<String, Set<String>> emitted = emitted();

        assertThat(sections().keySet())
                .as("sections of docs/events.md against the events emitted, found in %s", emitted)
                .isEqualTo(emitted.keySet());
    }

    @Test
    void everyEventHasAnExampleThatIsALineOfItsName() throws IOException {
        assertThat(sections()).allSatisfy((name, text) -> {
            List<Map<?, ?>> examples = examples(text);
            assertThat(examples).as("examples of " + name).isNotEmpty();
            assertThat(examples)
                    .allSatisfy(example -> assertThat(example.get("event")).isEqualTo(name));
        });
    }

    @Test
    void theDemosSummaryHasTheFieldsOfItsExample() throws IOException {
        Map<String, Object> emitted = new LinkedHashMap<>(new DemoRun.Summary(0, 0, 0, 0, 0, 0, 0, 0, 0, 0).fields());
        emitted.put("event", "summary");

        assertThat(examples(sections().getOrDefault("summary", "")))
                .as("examples of summary in docs/events.md")
                .anySatisfy(example -> assertThat(example.keySet().stream().map(String::valueOf))
                        .hasSameElementsAs(emitted.keySet()));
    }

    /** Names by where they are made. A name that is chosen there counts with all that it may be. */
    private static Map<String, Set<String>> emitted() throws IOException {
        Map<String, Set<String>> found = new TreeMap<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(file -> collect(file, found));
        }
        return found;
    }

    private static void collect(Path file, Map<String, Set<String>> found) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Matcher created = CREATED.matcher(text);
        while (created.find()) {
            String name = firstArgument(text, created.end());
            Matcher literal = LITERAL.matcher(name);
            boolean named = false;
            while (literal.find()) {
                named = true;
                found.computeIfAbsent(literal.group(1), key -> new TreeSet<>()).add(String.valueOf(file.getFileName()));
            }
            assertThat(named)
                    .as("%s makes an event whose name this test cannot read: %s", file, name)
                    .isTrue();
        }
    }

    private static String firstArgument(String text, int start) {
        int depth = 0;
        int end = start;
        while (depth > 0 || text.charAt(end) != ',') {
            depth += switch (text.charAt(end)) {
                case '(' -> 1;
                case ')' -> -1;
                default -> 0;
            };
            end++;
        }
        return text.substring(start, end);
    }

    private static Map<String, String> sections() throws IOException {
        String text = Files.readString(Path.of("../docs/events.md"));
        Map<String, String> sections = new TreeMap<>();
        Matcher heading = SECTION.matcher(text);
        while (heading.find()) {
            int next = text.indexOf("\n## ", heading.end());
            sections.put(heading.group(1), text.substring(heading.end(), next < 0 ? text.length() : next));
        }
        return sections;
    }

    private static List<Map<?, ?>> examples(String section) {
        return section.lines()
                .filter(line -> line.startsWith("{"))
                .<Map<?, ?>>map(line -> JSON.readValue(line, Map.class))
                .toList();
    }
}

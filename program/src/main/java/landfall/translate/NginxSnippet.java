package landfall.translate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A snippet that does no more than set headers, which can be said without copying its lines. */
record NginxSnippet(Map<String, String> request, Map<String, String> response) {
    private static final Pattern REQUEST =
            Pattern.compile("proxy_set_header\\s+\"?([A-Za-z0-9-]+)\"?\\s+(\"[^\"]*\"|'[^']*'|[^\\s;\"']+)");
    private static final Pattern RESPONSE =
            Pattern.compile("add_header\\s+\"?([A-Za-z0-9-]+)\"?\\s+(\"[^\"]*\"|'[^']*'|[^\\s;\"']+)(\\s+always)?");
    private static final Pattern MORE = Pattern.compile("more_set_headers\\s+[\"']([A-Za-z0-9-]+):\\s*([^\"']*)[\"']");

    /** Empty if a line does something else. */
    static Optional<NginxSnippet> headers(String text) {
        Map<String, String> request = new LinkedHashMap<>();
        Map<String, String> response = new LinkedHashMap<>();
        String code = text.lines()
                .map(line -> line.strip().startsWith("#") ? "" : line)
                .reduce("", (before, line) -> before + line + "\n");
        for (String statement : code.split(";\\s*(\\n|$)", -1)) {
            String line = statement.strip();
            Matcher asks = REQUEST.matcher(line);
            Matcher answers = RESPONSE.matcher(line);
            Matcher more = MORE.matcher(line);
            if (line.isEmpty()) {
                continue;
            }
            if (asks.matches()) {
                request.put(asks.group(1), Treatment.literal(asks.group(2)));
            } else if (answers.matches()) {
                response.put(answers.group(1), Treatment.literal(answers.group(2)));
            } else if (more.matches()) {
                response.put(more.group(1), Treatment.literal(Treatment.quoted(more.group(2))));
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(new NginxSnippet(request, response));
    }
}

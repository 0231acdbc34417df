package landfall.kube;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import landfall.base.Limits;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/** Reads JSON values that follow one another, as kubectl does: a number or a word is what JSON says it is. */
final class JsonDocuments {
    /** The tree builder's own limits bind first; these only keep the library's from getting in their way. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Limits.YAML_DEPTH_MAX + 10)
                    .maxStringLength((int) Limits.MANIFEST_BYTES_MAX)
                    .maxNameLength((int) Limits.MANIFEST_BYTES_MAX)
                    .build())
            .build();

    private JsonDocuments() {}

    static List<Document> read(String text, BiConsumer<String, Integer> duplicateKeys) throws ParseFailure {
        List<Document> documents = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
            TreeBuilder builder = new TreeBuilder(duplicateKeys);
            int depth = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                feed(builder, parser, token);
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                Node root = builder.root();
                if (depth == 0 && root != null) {
                    documents.add(new Document(documents.size(), root));
                    builder = new TreeBuilder(duplicateKeys);
                }
            }
        } catch (JacksonException e) {
            throw failure(e);
        }
        return documents;
    }

    private static void feed(TreeBuilder builder, JsonParser parser, JsonToken token) throws ParseFailure {
        TokenStreamLocation place = parser.currentTokenLocation();
        int line = place.getLineNr();
        int column = place.getColumnNr();
        switch (token) {
            case START_OBJECT -> builder.startMap(null, line, column);
            case START_ARRAY -> builder.startList(null, line, column);
            case END_OBJECT, END_ARRAY -> builder.end();
            case PROPERTY_NAME, VALUE_STRING -> {
                String value = parser.getString();
                builder.scalar(new Node.Scalar(value, value, line), false, null, column);
            }
            case VALUE_TRUE -> builder.scalar(new Node.Scalar(true, "true", line), false, null, column);
            case VALUE_FALSE -> builder.scalar(new Node.Scalar(false, "false", line), false, null, column);
            case VALUE_NULL -> builder.scalar(new Node.Scalar(null, "null", line), false, null, column);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                builder.scalar(new Node.Scalar(number(parser, token), parser.getString(), line), false, null, column);
            case NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                throw new IllegalStateException("this is a bug: JSON text gave " + token);
        }
    }

    private static Object number(JsonParser parser, JsonToken token) {
        if (token == JsonToken.VALUE_NUMBER_INT) {
            if (parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
                return parser.getLongValue();
            }
            BigInteger value = parser.getBigIntegerValue();
            if (value.signum() > 0 && value.bitLength() <= Long.SIZE) {
                return value;
            }
        }
        return parser.getDoubleValue();
    }

    private static ParseFailure failure(JacksonException e) {
        TokenStreamLocation place = e.getLocation();
        // The library quotes the word it stumbled over, and that may be a secret whose quotes were forgotten.
        String why = String.valueOf(e.getOriginalMessage())
                .lines()
                .findFirst()
                .orElse("")
                .replaceAll("'[^'\\s\\])}]{2,}'", "a word")
                .replaceAll(" \\((start marker at|for \\w+ starting at) .*", " of an earlier opening one");
        ParseFailure failure = new ParseFailure(
                place == null ? 0 : Math.max(0, place.getLineNr()),
                place == null ? 0 : Math.max(0, place.getColumnNr()),
                "this JSON does not parse",
                why,
                "Correct it there or just before.");
        failure.initCause(e);
        return failure;
    }
}

package landfall.postgres;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Values at the edges of PostgreSQL's built-in types, as SQL expressions. */
final class HostileValues {
    private static final String LONG_TEXT = "(select string_agg(md5(g::text), '') from generate_series(1, 300) g)";
    private static final String WIDE_TEXT = "repeat('wide and dull ', 700)";

    private static final Map<String, List<String>> OF_TYPE = new LinkedHashMap<>();

    private static void type(String name, String... literals) {
        OF_TYPE.put(
                name,
                java.util.Arrays.stream(literals)
                        .map(literal -> literal.startsWith("=") ? literal.substring(1) : "'" + literal + "'")
                        .toList());
    }

    static {
        type("boolean", "true", "false");
        type("\"char\"", "a", " ", "=chr(1)::\"char\"");
        type("name", "x", "", "a name with spaces, ü");
        type("smallint", "-32768", "32767", "0");
        type("integer", "-2147483648", "2147483647", "0", "7");
        type("bigint", "-9223372036854775808", "9223372036854775807", "42");
        type("oid", "0", "4294967295");
        type("real", "NaN", "Infinity", "-Infinity", "-0", "1e-45", "3.4028235e38", "0.1");
        type("double precision", "NaN", "-Infinity", "-0", "5e-324", "1.7976931348623157e308", "0.30000000000000004");
        type(
                "numeric",
                "NaN",
                "Infinity",
                "-Infinity",
                "0.00",
                "1.0",
                "1.00",
                "1e1000",
                "-12345678901234567890.0987654321");
        type("numeric(10,2)", "12.30", "-99999999.99", "NaN");
        type("money", "-92233720368547758.08", "12.34");
        type(
                "text",
                "",
                " ",
                "a''b",
                "=E'\\\\'",
                "=E'a\\n\\t\\r\\\\N'",
                "ü€😀",
                "NULL",
                "\\N",
                "{}",
                "=" + LONG_TEXT,
                "=" + WIDE_TEXT);
        type("character varying(7)", "", "tail   ", "1234567");
        type("character(5)", "ab", "", "ab ü");
        type("bytea", "\\x", "\\x00ff0a5c27", "=decode(repeat('00ff5c', 3000), 'hex')");
        type("json", "{\"a\" :  1, \"a\": 2}", "null", "[1, 1.0, \"\\u00fc\"]");
        type("jsonb", "{\"b\": [1, null, \"ü\"], \"a\": 1.00}", "null", "\"\"");
        type("jsonpath", "$.a[*] ? (@.b > 1)");
        type("date", "infinity", "-infinity", "4713-01-01 BC", "5874897-12-31", "2000-02-29");
        type("time", "24:00:00", "00:00:00.000001");
        type("time with time zone", "24:00:00-15:59", "00:00:00+15:59");
        type("timestamp", "infinity", "-infinity", "4713-01-01 00:00:00 BC", "294276-12-31 23:59:59.999999");
        type("timestamp with time zone", "infinity", "2024-03-31 02:30:00+01", "0001-01-01 00:00:00+00 BC");
        type("interval", "178000000 years", "1 mon -3 days 04:05:06.7", "-00:00:00.000001");
        type("uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "00000000-0000-0000-0000-000000000000");
        type("inet", "10.0.0.1/8", "::1", "255.255.255.255");
        type("cidr", "10.0.0.0/8", "2001:db8::/32");
        type("macaddr", "08:00:2b:01:02:03");
        type("macaddr8", "08:00:2b:01:02:03:04:05");
        type("bit(3)", "101", "000");
        type("bit varying", "", "1", "10110111011110");
        type("point", "(1e300,-1e-300)", "(NaN,0)", "(-0,0)");
        type("line", "{1,2,3}");
        type("lseg", "[(0,0),(1,1e10)]");
        type("box", "(2,2),(1,1)");
        type("path", "[(0,0),(1,1)]", "((0,0),(1,1),(2,0))");
        type("polygon", "((0,0),(1,1),(2,0))");
        type("circle", "<(0,0),1e-9>");
        type("tsvector", "", "a:1A,3 fat:2B ''sp ace''");
        type("tsquery", "", "fat & (rat | !cat:AB) <2> x");
        type("xml", "<a b=\"1\">&lt;ü</a>", "plain <b/> text");
        type("int4range", "empty", "(,)", "[1,5)");
        type("int8range", "[1,9223372036854775806]");
        type("numrange", "[1.0,1.00]", "(,NaN)");
        type("daterange", "[2000-01-01,infinity]", "[2000-01-01,)");
        type("tsrange", "[2000-01-01 00:00,2000-01-01 00:00:00.000001)");
        type("tstzrange", "(-infinity,2000-01-01 00:00+00]");
        type("int4multirange", "{}", "{[1,3),[5,)}");
        type("nummultirange", "{[1.0,1.5],(2,3]}");
        type("datemultirange", "{[2000-01-01,2000-01-02)}");
        type("pg_lsn", "0/0", "FFFFFFFF/FFFFFFFF");
        type("pg_snapshot", "10:20:10,14,15");
        type("xid8", "18446744073709551615");
        type("xid", "4294967295");
        type("tid", "(4294967295,65535)");
        type("oidvector", "", "1 4294967295");
        type("int2vector", "-1 2");
        type("regtype", "integer", "pg_catalog.\"char\"");
        type("regclass", "pg_catalog.pg_class");
        type("regproc", "pg_catalog.pg_typeof");
        type("mood", "sad", "o''k", "");
        type("small_even", "2", "-32768");
        type("odd_pair", "(1,\"a \"\"b\"\", (c)\")", "(,)", "(2,)");
        type("nested_pair", "(\"(1,x)\",{\"(2,y)\",NULL})", "(,)");
        type("float_range", "[-0,1e-300)", "empty");
        type("citext", "MiXed", "");
    }

    private HostileValues() {}

    static List<String> types() {
        return List.copyOf(OF_TYPE.keySet());
    }

    static String of(String type, Random random) {
        if (type.endsWith("[]")) {
            return array(type.substring(0, type.length() - 2), random) + "::" + type;
        }
        List<String> values = OF_TYPE.getOrDefault(type, List.of("null"));
        return values.get(random.nextInt(values.size())) + "::" + type;
    }

    private static String array(String type, Random random) {
        String one = of(type, random);
        return switch (random.nextInt(6)) {
            case 0 -> "'{}'";
            case 1 -> "array[null]";
            case 2 -> "array[" + one + ", null, " + of(type, random) + "]";
            case 3 -> "array[[" + one + "], [" + of(type, random) + "]]";
            case 4 -> "array_fill(" + one + ", array[2], array[-3])";
            default -> "array[" + one + "]";
        };
    }
}

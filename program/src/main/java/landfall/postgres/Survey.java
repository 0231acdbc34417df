package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Finds before the first byte moves what logical replication and the schema copy would not carry, and what either side
 * lacks. Only reads. Each theme stands in a file of its own.
 */
public final class Survey {
    /** How a finding is met. */
    public enum Verdict {
        OK,
        /** Carried or adapted, as the text says. */
        HANDLED,
        /** Goes on only when the user has decided. */
        DECISION,
        BLOCKER;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One finding.
     *
     * @param theme which part of the survey found it
     * @param subject the object's name
     * @param fix the statement or step that removes it; empty where nothing is to do
     */
    public record Finding(Verdict verdict, String theme, String subject, String what, String fix) {}

    /** @param bytes size of the tables without indexes */
    public record Result(List<Finding> findings, List<Table> tables, long bytes) {
        public Result {
            findings = List.copyOf(findings);
            tables = List.copyOf(tables);
        }

        public boolean isBlocked() {
            return findings.stream().anyMatch(finding -> finding.verdict() == Verdict.BLOCKER);
        }

        public List<Finding> of(Verdict verdict) {
            return findings.stream()
                    .filter(finding -> finding.verdict() == verdict)
                    .toList();
        }
    }

    /** What is free on the disk below the target's data, where the way to the server can tell. */
    @FunctionalInterface
    public interface Disk {
        Disk UNKNOWN = dataDirectory -> OptionalLong.empty();

        OptionalLong freeBytes(String dataDirectory);
    }

    private static final Map<String, SurveyLook.Theme> THEMES = new LinkedHashMap<>();

    static {
        THEMES.put("servers", SurveyServers::look);
        THEMES.put("versions", SurveyVersions::look);
        THEMES.put("rights", SurveyRights::look);
        THEMES.put("activity", SurveyActivity::look);
        THEMES.put("extensions", SurveyExtensions::look);
        THEMES.put("objects", SurveyObjects::look);
        THEMES.put("tables", SurveyTables::look);
        THEMES.put("roles", SurveyRoles::look);
        THEMES.put("room", SurveyRoom::look);
    }

    private Survey() {}

    /** With nothing decided yet. */
    public static Result run(Database source, Database target, Naming naming, String targetRole) {
        return run(source, target, naming, targetRole, Choices.NONE, Disk.UNKNOWN, SchemaTool.NONE);
    }

    /** @param schemaTool where pg_dump may be found besides this machine */
    public static Result run(
            Database source,
            Database target,
            Naming naming,
            String targetRole,
            Choices choices,
            Disk disk,
            SchemaTool schemaTool) {
        List<Finding> findings = new ArrayList<>();
        try {
            try (Connection bare = source.bare("survey")) {
                if (CockroachDb.is(bare)) {
                    return new Result(CockroachDb.findings(bare, source), List.of(), 0);
                }
            }
            try (Connection from = source.connect("survey");
                    Connection to = target.connect("survey")) {
                List<Table> tables = Catalog.tables(from);
                SurveyLook look = new SurveyLook(
                        source, target, from, to, naming, targetRole, choices, disk, schemaTool, tables, "", findings);
                for (Map.Entry<String, SurveyLook.Theme> theme : THEMES.entrySet()) {
                    theme.getValue().look(look.of(theme.getKey()));
                }
                return new Result(
                        findings,
                        tables,
                        tables.stream().mapToLong(Table::bytes).sum());
            }
        } catch (SQLException e) {
            throw Sql.failed("The two databases could not be surveyed", e);
        }
    }
}

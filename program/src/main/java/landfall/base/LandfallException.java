package landfall.base;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Thrown when the user must act. Carries what to tell and how the program ends. */
public final class LandfallException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;
    private final ExitCode exitCode;

    public LandfallException(ExitCode exitCode, List<Problem> problems) {
        this(exitCode, problems, null);
    }

    public LandfallException(ExitCode exitCode, Problem problem) {
        this(exitCode, List.of(problem), null);
    }

    public LandfallException(ExitCode exitCode, Problem problem, @Nullable Throwable cause) {
        this(exitCode, List.of(problem), cause);
    }

    private LandfallException(ExitCode exitCode, List<Problem> problems, @Nullable Throwable cause) {
        super(problems.isEmpty() ? "no problem given" : problems.getFirst().sentence(), cause);
        this.problems = List.copyOf(problems);
        this.exitCode = exitCode;
    }

    public List<Problem> problems() {
        return problems;
    }

    public ExitCode exitCode() {
        return exitCode;
    }
}

package landfall.base;

import java.util.ArrayList;
import java.util.List;

/** Collects every problem of one run, so that forty findings take one run and not forty. Safe for several threads. */
public final class Problems {
    private final List<Problem> found = new ArrayList<>();

    public synchronized void add(Problem problem) {
        found.add(problem);
    }

    public synchronized List<Problem> all() {
        return List.copyOf(found);
    }

    public synchronized boolean hasErrors() {
        return found.stream().anyMatch(problem -> problem.severity() == Problem.Severity.ERROR);
    }

    /** @throws LandfallException with every problem found so far, if one of them is an error */
    public void stopOnErrors(ExitCode exitCode) {
        if (hasErrors()) {
            throw new LandfallException(exitCode, all());
        }
    }
}

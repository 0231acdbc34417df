package landfall.files;

import java.io.IOException;
import java.util.List;
import landfall.base.Duplex;

/** Starts a command inside a container: kube exec on one side, dokku enter on the other. */
@FunctionalInterface
public interface ShellDialer {
    /** @param argv container paths stand in words of their own */
    Duplex open(List<String> argv) throws IOException;
}

package landfall.postgres;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import landfall.base.Duplex;

/**
 * Programs beside the source's server, as in the container that it runs in: its own pg_dump is of its own version. Who
 * knows the cluster hands this in; here nothing is known but a byte stream.
 */
public interface SchemaTool {
    /** There is no such place. */
    SchemaTool NONE = new SchemaTool() {
        @Override
        public Optional<Duplex> run(List<String> command) {
            return Optional.empty();
        }

        @Override
        public String toString() {
            return "nowhere";
        }
    };

    /**
     * Starts a program: input of the stream is its output, output its input.
     *
     * @return nothing where no program can be run
     */
    Optional<Duplex> run(List<String> command) throws IOException;
}

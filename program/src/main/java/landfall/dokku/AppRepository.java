package landfall.dokku;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import landfall.remote.SshConnection;
import landfall.remote.SshStream;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.BasePackFetchConnection;
import org.eclipse.jgit.transport.BasePackPushConnection;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.PackTransport;
import org.eclipse.jgit.transport.PushConnection;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.URIish;

/**
 * The git repository that Dokku keeps for an app, reached through a channel of the SSH connection that is open anyway:
 * no {@code git} and no {@code ssh} program, and none of the user's git configuration.
 */
final class AppRepository extends Transport implements PackTransport {
    private final SshConnection connection;
    private final String app;
    private final Consumer<String> remoteLine;

    /** @param remoteLine told each line that the host prints while it receives ("remote: …" in git's own words) */
    AppRepository(Repository local, SshConnection connection, String app, Consumer<String> remoteLine) {
        super(local, new URIish().setHost(connection.target().host()).setPath(app));
        this.connection = connection;
        this.app = app;
        this.remoteLine = remoteLine;
    }

    @Override
    public PushConnection openPush() throws TransportException {
        return new Push(this, started("git-receive-pack"), remoteLine);
    }

    @Override
    public FetchConnection openFetch() throws TransportException {
        return new Fetch(this, started("git-upload-pack"));
    }

    private SshStream started(String command) throws TransportException {
        try {
            return connection.openStream(
                    DokkuCommand.of(command, "'" + app + "'").line());
        } catch (IOException e) {
            throw new TransportException(command + " could not be started: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        // Each connection closes its own channel.
    }

    /** What the host said before it hung up is worth more than that it did. */
    private static TransportException explained(SshStream stream, TransportException failure) {
        stream.awaitExit(java.time.Duration.ofSeconds(2));
        String said = Ansi.stripped(stream.stderr()).strip();
        stream.close();
        return said.isEmpty() ? failure : new TransportException(said, failure);
    }

    /** Sends a pack. */
    static final class Push extends BasePackPushConnection {
        private final SshStream stream;

        Push(AppRepository repository, SshStream stream, Consumer<String> remoteLine) throws TransportException {
            super(repository);
            this.stream = stream;
            InputStream listening = new SidebandListener(stream.input(), remoteLine);
            try {
                init(listening, stream.output());
                readAdvertisedRefs();
            } catch (TransportException e) {
                throw explained(stream, e);
            }
        }

        /** Ends it from outside, e.g. when it takes too long. */
        void abandon() {
            stream.close();
        }

        String stderr() {
            return Ansi.stripped(stream.stderr()).strip();
        }

        @Override
        public void close() {
            super.close();
            stream.close();
        }
    }

    /** Gets a pack. */
    private static final class Fetch extends BasePackFetchConnection {
        private final SshStream stream;

        Fetch(AppRepository repository, SshStream stream) throws TransportException {
            super(repository);
            this.stream = stream;
            try {
                init(stream.input(), stream.output());
                readAdvertisedRefs();
            } catch (TransportException e) {
                throw explained(stream, e);
            }
        }

        @Override
        public void close() {
            super.close();
            stream.close();
        }
    }
}

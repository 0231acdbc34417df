package landfall.postgres;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Properties;
import javax.net.ssl.SSLSocket;
import landfall.base.Duplex;
import org.postgresql.PGProperty;
import org.postgresql.ssl.LibPQFactory;
import org.postgresql.ssl.PGjdbcHostnameVerifier;
import org.postgresql.util.PSQLException;

/** A server's stream with TLS done outside the driver, for those who read COPY's bytes past it; its rules are libpq's. */
record TlsStream(Duplex plain, InputStream input, OutputStream output) implements Duplex {
    /** Length and code of an SSLRequest. */
    private static final byte[] REQUEST = {0, 0, 0, 8, 4, (byte) 210, 22, 47};

    /** The stream itself where neither side asks for TLS. */
    static Duplex over(Duplex bare, ServerAddress address) throws IOException {
        if (address.sslMode().equals("disable")) {
            return bare;
        }
        WatchedStream plain = WatchedStream.over(bare);
        boolean secured = false;
        try {
            plain.output().write(REQUEST);
            plain.output().flush();
            int answer = plain.input().read();
            if (answer < 0) {
                throw new EOFException("the server hung up when asked for TLS");
            }
            if (answer != 'S') {
                if (!address.sslMode().equals("prefer") && !address.sslMode().equals("allow")) {
                    throw new IOException("the server has no TLS, and sslmode is " + address.sslMode());
                }
                secured = true;
                return plain;
            }
            Duplex tls = handshake(plain, address);
            plain.release();
            secured = true;
            return tls;
        } finally {
            if (!secured) {
                plain.close();
            }
        }
    }

    private static Duplex handshake(Duplex plain, ServerAddress address) throws IOException {
        Properties properties = new Properties();
        PGProperty.SSL_MODE.set(properties, address.sslMode());
        if (address.sslRootCertificate() != null) {
            PGProperty.SSL_ROOT_CERT.set(properties, address.sslRootCertificate());
        }
        try {
            SSLSocket socket = (SSLSocket) new LibPQFactory(properties)
                    .createSocket(new DuplexSocket(plain, false), address.host(), address.port(), true);
            socket.startHandshake();
            if (address.sslMode().equals("verify-full")
                    && !PGjdbcHostnameVerifier.INSTANCE.verify(address.host(), socket.getSession())) {
                throw new IOException("the server's certificate is not of " + address.host());
            }
            return new TlsStream(plain, socket.getInputStream(), socket.getOutputStream());
        } catch (PSQLException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Without TLS's own farewell, which would wait where the line is dead: PostgreSQL's says that a session is over. */
    @Override
    public void close() throws IOException {
        plain.close();
    }
}

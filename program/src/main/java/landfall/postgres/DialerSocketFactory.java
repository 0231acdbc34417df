package landfall.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.SocketFactory;
import landfall.base.Duplex;
import org.jspecify.annotations.Nullable;

/**
 * Gives pgjdbc sockets that are byte streams of a dialer. pgjdbc makes the factory by its class name and one string, so
 * the dialer waits under a ticket while a connection is being opened; the factory keeps it for cancel requests.
 */
public final class DialerSocketFactory extends SocketFactory {
    private record Ticket(Duplex.Dialer dialer, boolean pumped) {}

    private static final Map<String, Ticket> TICKETS = new ConcurrentHashMap<>();

    private final Ticket ticket;

    public DialerSocketFactory(String ticketName) {
        Ticket found = TICKETS.get(ticketName);
        if (found == null) {
            throw new IllegalStateException("this is a bug: no dialer under this ticket");
        }
        this.ticket = found;
    }

    static String register(Duplex.Dialer dialer, boolean pumped) {
        String name = UUID.randomUUID().toString();
        TICKETS.put(name, new Ticket(dialer, pumped));
        return name;
    }

    static void forget(String ticketName) {
        TICKETS.remove(ticketName);
    }

    @Override
    public Socket createSocket() throws IOException {
        return new DuplexSocket(ticket.dialer().dial(), ticket.pumped());
    }

    @Override
    public Socket createSocket(@Nullable String host, int port) throws IOException {
        return createSocket();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return createSocket();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        return createSocket();
    }
}

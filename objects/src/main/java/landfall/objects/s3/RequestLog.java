package landfall.objects.s3;

import java.time.Instant;

/** Is told of each request: the access log and the metrics. */
public interface RequestLog {
    void began();

    /** {@code from}: the address that the request came from; {@code nanos}: from its beginning to its end. */
    void ended(Call call, Instant when, String from, long nanos);

    /** A read was refused because the stored bytes are damaged. */
    void damaged();

    /** For tests. */
    static RequestLog none() {
        return new RequestLog() {
            @Override
            public void began() {}

            @Override
            public void ended(Call call, Instant when, String from, long nanos) {}

            @Override
            public void damaged() {}
        };
    }
}

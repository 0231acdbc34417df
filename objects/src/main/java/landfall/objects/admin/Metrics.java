package landfall.objects.admin;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import landfall.objects.store.Bucket;

/** What Prometheus may ask for: requests by operation and status, bytes, times, and what the buckets hold. */
public final class Metrics {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Counter requests = Counter.builder()
            .name("objects_requests_total")
            .help("Requests answered, by S3 operation and HTTP status.")
            .labelNames("operation", "status")
            .register(registry);
    private final Counter received = Counter.builder()
            .name("objects_received_bytes_total")
            .help("Bytes of request bodies.")
            .register(registry);
    private final Counter sent = Counter.builder()
            .name("objects_sent_bytes_total")
            .help("Bytes of response bodies.")
            .register(registry);
    private final Histogram seconds = Histogram.builder()
            .name("objects_request_duration_seconds")
            .help("From the request's first byte read to the response's last byte written.")
            .labelNames("operation")
            .classicOnly()
            .classicUpperBounds(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60)
            .register(registry);
    private final Counter damaged = Counter.builder()
            .name("objects_damaged_reads_total")
            .help("Reads refused because the bytes on the disk aren't what was stored.")
            .register(registry);
    private final Gauge underWay = Gauge.builder()
            .name("objects_requests_in_progress")
            .help("Requests under way.")
            .register(registry);

    /** {@code buckets}: asked for at each scrape. */
    public Metrics(Supplier<List<Bucket>> buckets) {
        JvmMetrics.builder().register(registry);
        GaugeWithCallback.builder()
                .name("objects_bucket_objects")
                .help("Objects and noncurrent versions in the bucket.")
                .labelNames("bucket")
                .callback(each -> buckets.get().forEach(bucket -> each.call((double) bucket.objects(), bucket.name())))
                .register(registry);
        GaugeWithCallback.builder()
                .name("objects_bucket_bytes")
                .help("Their size.")
                .labelNames("bucket")
                .callback(each -> buckets.get().forEach(bucket -> each.call((double) bucket.bytes(), bucket.name())))
                .register(registry);
    }

    public void began() {
        underWay.inc();
    }

    /** A request that {@link #began} was told of has been answered. */
    public void ended(String operation, int status, long bytesIn, long bytesOut, long nanos) {
        underWay.dec();
        requests.labelValues(operation, Integer.toString(status)).inc();
        received.inc(bytesIn);
        sent.inc(bytesOut);
        seconds.labelValues(operation).observe(nanos / (double) TimeUnit.SECONDS.toNanos(1));
    }

    public void damaged() {
        damaged.inc();
    }

    /** All figures in Prometheus's text format. */
    public byte[] text() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.builder().build().write(out, registry.scrape());
        return out.toByteArray();
    }
}

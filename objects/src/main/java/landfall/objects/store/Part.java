package landfall.objects.store;

import java.time.Instant;
import java.util.SequencedMap;

/** A part that was uploaded: its number (1 … 10,000), bytes, ETag without quotes, and its checksums by algorithm. */
public record Part(int number, long size, String etag, Instant modified, SequencedMap<String, String> checksums) {}

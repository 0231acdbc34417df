package landfall.postgres;

import landfall.base.Events;

/**
 * What all streams of one copy share.
 *
 * @param encoding of both databases where rows must go as they are; empty where the servers may convert
 */
record CopyRun(
        Database source,
        Database target,
        Naming naming,
        TargetMeans means,
        String encoding,
        CopySessions sessions,
        CopyProgress progress,
        Events events) {}

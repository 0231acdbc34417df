package landfall.objects.admin;

import java.io.IOException;
import java.util.Map;

/** What is done to the files rather than for a client: looking for rot, taking over a folder, emptying a bucket. */
public interface Care {
    /** Takes what a long task has to tell, as it goes; the last line says how it ended. */
    interface Progress {
        void tell(Map<String, Object> line) throws IOException;
    }

    /** Reads every byte of a bucket ({@code ""}: of all) and compares it with its checksums. */
    void scrub(String bucket, Progress progress) throws IOException;

    /** Makes a bucket of the folder of that name that is there, or takes in files that were put into it since. */
    void adopt(String bucket, Progress progress) throws IOException;

    /** Deletes all objects, versions and uploads of a bucket. */
    void empty(String bucket) throws IOException;
}

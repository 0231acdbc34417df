package landfall.objects.s3;

import org.jspecify.annotations.Nullable;

/** Numbers in queries and headers. */
final class Numbers {
    private Numbers() {}

    /**
     * The number, {@code otherwise} if there is none, cut to {@code most}.
     *
     * @throws S3Exception InvalidArgument if it isn't one or is less than {@code least}
     */
    static int bounded(@Nullable String text, String name, int least, int most, int otherwise) {
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= Integer.MAX_VALUE) {
                return (int) Math.min(number, most);
            }
        } catch (NumberFormatException notANumber) {
            // said below
        }
        throw new S3Exception(
                        S3Error.InvalidArgument,
                        "Argument " + name + " must be an integer between " + least + " and " + Integer.MAX_VALUE)
                .with("ArgumentName", name)
                .with("ArgumentValue", text);
    }
}

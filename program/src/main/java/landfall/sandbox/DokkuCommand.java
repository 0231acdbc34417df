package landfall.sandbox;

import java.io.IOException;

/** One command of the emulated host. */
@FunctionalInterface
interface DokkuCommand {
    int run(DokkuCall call) throws IOException, InterruptedException, DokkuFailure;
}

/** SSH sessions, channels and quoting. */
@NullMarked
package landfall.remote;

import org.jspecify.annotations.NullMarked;

/** The move: its script, state, journal, cutover and rollback. */
@NullMarked
package landfall.move;

import org.jspecify.annotations.NullMarked;

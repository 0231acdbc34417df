/** Small types everybody may use: problems, secrets, limits, byte streams, events. */
@NullMarked
package landfall.base;

import org.jspecify.annotations.NullMarked;

/** Preview and applier. */
@NullMarked
package landfall.apply;

import org.jspecify.annotations.NullMarked;

/** Moving files: list, copy, verify. */
@NullMarked
package landfall.files;

import org.jspecify.annotations.NullMarked;
